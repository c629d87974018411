"""Distributions: samples, densities and their gradients, what they print and refuse."""

import torch

D = torch.distributions


def attempt(function):
    try:
        print(function())
    except (ValueError, NotImplementedError, RuntimeError) as error:
        print(type(error).__name__, error)


torch.manual_seed(0)
loc, scale = torch.tensor([0.5, -1.0], requires_grad=True), torch.tensor([1.0, 2.0], requires_grad=True)
normal = D.Normal(loc, scale)
print(normal, D.Normal(0.0, 1.0), normal.mean, normal.variance, normal.batch_shape, normal.event_shape, normal.sample())
print(normal.sample((2,)), normal.rsample(), normal.log_prob(torch.zeros(2)), normal.entropy(), normal.cdf(torch.zeros(2)))
(normal.rsample((3,)).sum() + normal.log_prob(torch.ones(2)).sum()).backward()
print(loc.grad, scale.grad)

logits = torch.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 3.0]], requires_grad=True)
categorical = D.Categorical(logits=logits)
action = categorical.sample()
print(categorical, action, categorical.log_prob(action), categorical.entropy(), categorical.probs, categorical.sample((2,)))
(-categorical.log_prob(action) * torch.tensor([1.0, -2.0])).sum().backward()
print(logits.grad)
weights = torch.tensor([0.2, 0.3, 0.5], requires_grad=True)
given = D.Categorical(weights)
print(given, given.logits, given.log_prob(torch.tensor(2)), D.Categorical(torch.ones(4)).sample((5,)), given.mode)
given.log_prob(torch.tensor(1)).backward()
print(weights.grad)

p = torch.tensor([0.2, 0.9], requires_grad=True)
bernoulli = D.Bernoulli(p)
print(
    bernoulli,
    bernoulli.sample((3,)),
    bernoulli.log_prob(torch.tensor([1.0, 0.0])),
    bernoulli.entropy(),
    D.Bernoulli(logits=p).probs,
)
bernoulli.log_prob(torch.ones(2)).sum().backward()
print(p.grad)
fair = torch.ones(6) / 6
print(
    D.Multinomial(1, fair).sample(), D.Multinomial(10, fair).sample(), D.Multinomial(10, fair).sample((2,)), D.Multinomial(3, fair)
)
print(D.Multinomial(3, fair).log_prob(torch.tensor([1.0, 2.0, 0.0, 0.0, 0.0, 0.0])))
uniform = D.Uniform(torch.zeros(2), torch.tensor([1.0, 4.0]))
print(uniform, uniform.sample(), uniform.log_prob(torch.tensor([0.5, 1.0])), uniform.mean, uniform.entropy())
exponential = D.Exponential(torch.tensor([1.0, 2.0]))
print(exponential, exponential.sample(), exponential.log_prob(torch.ones(2)), exponential.mean)
print(D.kl_divergence(normal, D.Normal(torch.zeros(2), torch.ones(2))), D.kl_divergence(given, D.Categorical(torch.ones(3))))
print(D.kl_divergence(bernoulli, D.Bernoulli(torch.tensor([0.5, 0.5]))), D.kl_divergence(uniform, D.Uniform(-1.0, 9.0)))

attempt(lambda: D.Normal(0.0, -1.0))
attempt(lambda: D.Categorical(torch.tensor([0.5, float("nan")])))
attempt(lambda: D.Categorical(torch.tensor([0.5, -0.5, 2.0])))
attempt(lambda: D.Categorical(logits=torch.tensor([0.5, float("nan")])))
attempt(lambda: D.Bernoulli(torch.tensor([1.5])))
attempt(lambda: D.Bernoulli())
attempt(lambda: D.Categorical(torch.ones(2)).log_prob(torch.tensor(5)))
attempt(lambda: normal.log_prob(torch.ones(3)))
attempt(lambda: normal.log_prob(1.0))
attempt(lambda: D.Uniform(1.0, 0.0))
attempt(lambda: uniform.log_prob(torch.tensor([2.0, 2.0])))
attempt(lambda: D.kl_divergence(categorical, uniform))
attempt(lambda: categorical.rsample())
