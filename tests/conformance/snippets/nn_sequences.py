"""Sequences: packed ones through recurrent networks, CTC, bags of embeddings, the transformer's decoder."""

import torch
from _helpers import attempt

rnn = torch.nn.utils.rnn
sequences = [torch.randn(3, 2), torch.randn(1, 2), torch.randn(2, 2)]
packed = rnn.pack_sequence(sequences, enforce_sorted=False)
print(packed.data, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)
for network in (torch.nn.LSTM(2, 3, 2, bidirectional=True), torch.nn.GRU(2, 3), torch.nn.LSTM(2, 4, proj_size=2)):
    output, state = network(packed)
    print(network, rnn.pad_packed_sequence(output, batch_first=True), state)
print(rnn.unpack_sequence(packed))
scores = torch.randn(5, 2, 4, requires_grad=True)
loss = torch.nn.CTCLoss()(scores.log_softmax(2), torch.tensor([[1, 2], [3, 3]]), torch.tensor([5, 4]), torch.tensor([2, 2]))
loss.backward()
print(loss, scores.grad)
bag = torch.nn.EmbeddingBag(5, 3, mode="mean")
print(bag, bag(torch.tensor([1, 2, 4, 4]), torch.tensor([0, 2])), bag(torch.tensor([[0, 1], [2, 3]])))
table = torch.nn.Embedding(5, 3, padding_idx=0, max_norm=1.0)
print(table, table(torch.tensor([0, 1, 1])), table.weight)
model = torch.nn.Transformer(4, 2, 1, 1, 8, dropout=0.0, batch_first=True)
mask = torch.nn.Transformer.generate_square_subsequent_mask(3)
print(model, mask, model(torch.randn(2, 4, 4), torch.randn(2, 3, 4), tgt_mask=mask))
attempt(lambda: rnn.pack_padded_sequence(torch.zeros(3, 2, 1), [1, 2]))
attempt(lambda: torch.nn.LSTM(2, 3)(torch.zeros(4, 2, 3)))
attempt(lambda: torch.nn.GRU(2, 3)(torch.zeros(4, 2, 2), torch.zeros(2, 2, 3)))
attempt(lambda: torch.nn.GRU(2, 3, proj_size=1))
attempt(lambda: bag(torch.tensor([1, 9]), torch.tensor([0])))
