"""Neighbours by weights: cosines as numpy's, the unit itself left out, classes beside their like."""

import numpy as np
import pytest

from explorer.architecture.similar_weights import most_similar
from explorer.networks.loading import NetworkError


def test_the_nearest_by_weights_are_numpys(small):
    weights = small.module.body[0].weight.detach().flatten(1).numpy()
    unit = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    cosines = unit @ unit[3]
    cosines[3] = -2
    found = most_similar(small, "1", 3, 4)  # a ReLU, whose maps the convolution before makes
    assert [channel for channel, _ in found] == np.argsort(-cosines)[:4].tolist()
    assert [cosine for _, cosine in found] == pytest.approx(np.sort(cosines)[::-1][:4], abs=1e-6)


def test_classes_stand_beside_their_like(lite0):
    near = {lite0.labels[channel] for channel, _ in most_similar(lite0, "classifier", lite0.class_index("tabby"))}
    assert near & {"tiger cat", "Egyptian cat", "Persian cat", "lynx"}


def test_an_unknown_channel_is_refused(small):
    with pytest.raises(NetworkError, match="channels 0 to 7, not 8"):
        most_similar(small, "0", 8)
