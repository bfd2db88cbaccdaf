"""Sample pictures that come with the installed packages; nothing is downloaded."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from explorer.pictures.images import Image, ImageError, open_image

_FOLDERS = {"scikit-learn": ("sklearn", "datasets/images"), "scikit-image": ("skimage", "data")}

# name: (package, file, who made it and its licence, as the package's own documentation says)
_SAMPLES = {
    "flower": ("scikit-learn", "flower.jpg", "Photo: vultilion on Flickr, CC BY 2.0"),
    "coffee": ("scikit-image", "coffee.png", "Photo: Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0"),
    "cat": ("scikit-image", "chelsea.png", "Photo of Chelsea: Stefan van der Walt, CC0"),
    "camera": ("scikit-image", "camera.png", "Photo: Lav Varshney, CC0"),
    "astronaut": ("scikit-image", "astronaut.png", "Photo of Eileen Collins: NASA, public domain"),
    "rocket": ("scikit-image", "rocket.jpg", "Photo of a Falcon 9 launch: SpaceX, public domain"),
    "china": ("scikit-learn", "china.jpg", "Photo: danielbuechele on Flickr, CC BY 2.0"),
    "coins": (
        "scikit-image",
        "coins.png",
        "Greek coins from Pompeii: Brooklyn Museum, no known copyright restrictions",
    ),
    "page": ("scikit-image", "page.png", "Scanned page: author and licence not stated"),
    "text": ("scikit-image", "text.png", "Wikipedia (Corner.png), public domain"),
    "brick": ("scikit-image", "brick.png", "CC0Textures (Bricks25), CC0"),
    "grass": ("scikit-image", "grass.png", "linolafett on DeviantArt, CC0"),
    "gravel": ("scikit-image", "gravel.png", "CC0Textures (Gravel04), CC0"),
    "moon": ("scikit-image", "moon.png", "Surface of the moon: author and licence not stated"),
    "horse": ("scikit-image", "horse.png", "Drawing: Andreas Preuss (marauder) on Openclipart, CC0"),
    "hubble": ("scikit-image", "hubble_deep_field.jpg", "Hubble eXtreme Deep Field: NASA, public domain"),
    "retina": ("scikit-image", "retina.jpg", "Photo: Mikael Häggström, Wikimedia Commons, CC0"),
    "motorcycle": (
        "scikit-image",
        "motorcycle_left.png",
        "Middlebury Stereo 2014: D. Scharstein et al., licence not stated",
    ),
    "cell": ("scikit-image", "cell.png", "Phase image of a cell: Paul Müller et al., CC0"),
    "immunohistochemistry": (
        "scikit-image",
        "ihc.png",
        "Center for Microscopy and Molecular Imaging, no known copyright restrictions",
    ),
    "clock": ("scikit-image", "clock_motion.png", "Photo: Stefan van der Walt, public domain"),
}


@lru_cache(maxsize=1)
def sample_names() -> tuple[str, ...]:
    """Names of the samples that are installed, the lecture's flower first."""
    return tuple(name for name, (package, file, _) in _SAMPLES.items() if _path(package, file).is_file())


def sample_files() -> dict[str, Path]:
    """Where each of them lies."""
    return {name: _path(*_SAMPLES[name][:2]) for name in sample_names()}


@lru_cache(maxsize=len(_SAMPLES))
def sample(name: str) -> Image:
    """The sample of that name, its larger side at most 1024 pixels. Raises ImageError for an unknown name."""
    _check(name)
    package, file, _ = _SAMPLES[name]
    return open_image(_path(package, file), name=name)


def credit(name: str) -> str:
    """One line: who made the sample, its licence, its package. Raises ImageError for an unknown name."""
    _check(name)
    package, _, maker = _SAMPLES[name]
    return f"{maker} (from {package})"


def _path(package: str, file: str) -> Path:
    """Where the file should be; find_spec looks the package up without importing it."""
    module, folder = _FOLDERS[package]
    spec = find_spec(module)
    roots = list(spec.submodule_search_locations or ()) if spec else []
    return Path(roots[0] if roots else module, folder, file)


def _check(name: str) -> None:
    if name not in sample_names():
        raise ImageError(f"There is no sample “{name}”; choose one of {', '.join(sample_names())}.")
