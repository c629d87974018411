"""The family of an operation, which gives its box the colour of its bar."""

from __future__ import annotations

import re

FAMILIES = ("linear", "nonlinear", "reduce", "shape", "arith", "other")
"""Every family, in the order of a legend."""

_MEMBERS: dict[str, str] = {
    "linear": """
        mm addmm bmm addbmm baddbmm mv addmv dot vdot inner ger outer addr matmul linear bilinear einsum tensordot
        kron convolution conv1d conv2d conv3d slowconv2d slowconv3d mkldnnconvolution cudnnconvolution
        miopenconvolution thnnconv2d unfold fold embedding embeddingbag sparseaddmm mkldnnlinear linalgsolveex
        triangularsolve choleskysolve linalginvex linalgdet cross linalgcross
    """,
    "nonlinear": """
        relu relu6 prelu rrelu leakyrelu elu celu selu gelu silu mish hardswish hardsigmoid hardtanh hardshrink
        softshrink softplus logsigmoid logsigmoidforward sigmoid tanh sin cos tan asin acos atan atan2 sinh cosh
        asinh acosh atanh exp exp2 expm1 log log2 log10 log1p logaddexp sqrt rsqrt pow abs sign sgn erf erfc erfinv
        lgamma digamma floor ceil round trunc frac clamp clampmin clampmax maximum minimum fmax fmin softmax
        logsoftmax glu dropout nativedropout fuseddropout bernoulli where maskedfill threshold reciprocal square
        scaleddotproductefficientattention scaleddotproductflashattention scaleddotproductflashattentionforcpu
        nativebatchnorm cudnnbatchnorm nativelayernorm nativegroupnorm fusedrmsnorm layernorm batchnorm
    """,
    "reduce": """
        sum mean prod max min amax amin aminmax std var stdmean varmean norm linalgvectornorm linalgmatrixnorm
        logsumexp median nanmedian mode kthvalue nansum nanmean cumsum cumprod cummax cummin logcumsumexp trace
        nllloss nllloss2d mseloss l1loss smoothl1loss huberloss binarycrossentropy binarycrossentropywithlogits
        crossentropyloss kldiv poissonnllloss ctcloss hingeembeddingloss cosineembeddingloss marginrankingloss
        multimargin maxpool1d maxpool2d maxpool2dwithindices maxpool3dwithindices avgpool1d avgpool2d avgpool3d
        adaptiveavgpool2d adaptivemaxpool2d dist cdist sort topk segmentreduce
    """,
    "shape": """
        view unsafeview reshape reshapealias t transpose permute swapaxes movedim numpyt expand expandas repeat
        repeatinterleave squeeze unsqueeze flatten unflatten cat stack hstack vstack split splitwithsizes chunk
        unbind select slice narrow index indexselect gather scatter scatteradd scatterreduce indexadd indexcopy
        indexput indexputimpl indexfill take takealongdim put maskedselect maskedscatter diag diagonal tril triu
        flip roll rot90 clone detach alias asstrided copyslices copy tocopy contiguous constantpadnd pad
        reflectionpad1d reflectionpad2d replicationpad2d fill zero selectscatter slicescatter diagonalscatter
        viewasreal viewascomplex viewasrealcopy pixelshuffle pixelunshuffle meshgrid broadcastto upsamplenearest2d
        upsamplebilinear2d
    """,
    "arith": """
        add sub rsub mul div truedivide neg addcmul addcdiv lerp remainder fmod conj real imag negview
    """,
}

_FAMILY_OF = {member: family for family, members in _MEMBERS.items() for member in members.split()}


def family_of(op: str) -> str:
    """One of :data:`FAMILIES` for an operation's name: ``"Mul"``, ``"AddmmBackward0"`` or ``"mul_"``."""
    bare = re.sub(r"Backward\d*$", "", op.rpartition("::")[2])
    return _FAMILY_OF.get(re.sub(r"[^a-z0-9]", "", bare.lower()), "other")
