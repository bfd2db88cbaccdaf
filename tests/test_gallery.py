"""Where pictures come from: parts of the samples, what a visitor brings, archives with bad intentions, the server's."""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest

import explorer
from explorer.dataset_examples import uploads
from explorer.dataset_examples.gallery import SETTING, Folder, GalleryError, Patches, on_server
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.pictures.images import ImageError, from_array

RNG = np.random.default_rng(0)


def png(seed=0, side=20):
    return from_array(np.random.default_rng(seed).random((side, side, 3))).png()


def packed(entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_samples_patches_are_the_whole_its_corners_and_its_middle():
    patches = Patches(share=0.5)
    name, whole = "astronaut", explorer.sample("astronaut")
    first = patches.names.index(name)
    parts = [patches.open(first + i).pixels for i in range(6)]
    assert patches.open(first) == whole
    half = whole.height // 2
    for part, (down, right) in zip(parts[1:], [(0, 0), (0, 2), (2, 0), (2, 2), (1, 1)], strict=True):
        top, left = down * half // 2, right * half // 2
        np.testing.assert_array_equal(part, whole.pixels[top : top + half, left : left + half])
    assert len(patches.names) == 6 * len(explorer.sample_names())
    assert patches.digest != Patches(share=0.6).digest


def test_files_and_archives_are_brought_once_each_and_reduced():
    archive = packed(
        {"a/one.png": png(1), "b/two.JPG": png(2), "note.txt": b"hello", "__MACOSX/one.png": png(3), "._x.png": b"?"}
    )
    brought = unpack_uploads([("big.png", png(0, 900)), ("again.png", png(1)), ("all.zip", archive)])
    assert brought.names == ("big.png", "again.png", "two.JPG")
    assert max(brought.open(0).pixels.shape) <= 448
    assert brought.open(1) == explorer.open_image(png(1))
    assert brought.digest != unpack_uploads([("big.png", png(5))]).digest
    assert brought.memory_bytes > 1000


def test_what_is_no_picture_is_named_and_the_rest_kept():
    brought = unpack_uploads([("words.png", b"not a picture"), ("fine.png", png())])
    assert brought.names == ("fine.png",)
    assert "words.png" in brought.refused[0]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "no picture among them"),
        ([("words.png", b"not a picture")], "no picture among them. “words.png”"),
        ([("broken.zip", b"PK\x03\x04" + bytes(50))], "broken.zip can't be unpacked"),
        ([("cut.zip", packed({"a.png": png(0, 60)})[:-30])], "cut.zip can't be unpacked"),
        ([("many.zip", packed({f"{i}.txt": b"" for i in range(5001)}))], "5,001 files, more than 5,000"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(files, words):
    with pytest.raises(GalleryError, match=words):
        unpack_uploads(files)


def test_damage_inside_an_archive_is_refused():
    whole = bytearray(packed({"a.png": png(0, 60)}, zipfile.ZIP_STORED))
    whole[80:90] = bytes(10)
    with pytest.raises(GalleryError, match="can't be unpacked"):
        unpack_uploads([("damaged.zip", bytes(whole))])


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1 << 20)
    bomb = packed({f"{i}.png": bytes(3 << 20) for i in range(40)})
    assert len(bomb) < 200_000
    read, sizes = zipfile.ZipExtFile.read, []

    def counted(self, n=-1):
        content = read(self, n)
        sizes.append(len(content))
        return content

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(GalleryError, match="more than 1 MB unpacked"):
        unpack_uploads([("bomb.zip", bomb)])
    assert sum(sizes) <= (1 << 20) + 1


def test_a_picture_bomb_is_refused_by_its_size_alone():
    import zlib

    def chunk(kind, content):
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    header = (100_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )
    with pytest.raises(GalleryError, match="million"):
        unpack_uploads([("bomb.zip", packed({"huge.png": bomb}))])


def test_too_many_pictures_are_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_PICTURES", 2)
    with pytest.raises(GalleryError, match="more than 2 pictures"):
        unpack_uploads([(f"{i}.png", png(i)) for i in range(3)])


# --- on the server ---


@pytest.fixture
def folder(tmp_path):
    for i, name in enumerate(("cats/a.png", "cats/b.png", "dogs/c.png")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(png(i))
    (tmp_path / "dogs" / "list.txt").write_text("c")
    return tmp_path


def test_a_folder_of_classes_is_read_in_order(folder, monkeypatch):
    monkeypatch.setenv(SETTING, str(folder))
    found = on_server()
    assert found == Folder(folder)
    assert found.names == ("cats/a.png", "cats/b.png", "dogs/c.png")
    assert found.open(2) == explorer.open_image(png(2))
    before = found.digest
    (folder / "cats" / "a.png").write_bytes(png(9, 25))
    assert Folder(folder).digest != before


def test_a_torchvision_data_set_is_read(tmp_path, monkeypatch):
    """Three pictures in CIFAR10's own files."""
    from torchvision.datasets import CIFAR10

    base = tmp_path / CIFAR10.base_folder
    base.mkdir()
    pixels = RNG.integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    rows = pixels.transpose(0, 3, 1, 2).reshape(3, -1)
    for name, _ in CIFAR10.train_list:
        (base / name).write_bytes(
            pickle.dumps(
                {"data": rows if name.endswith("1") else rows[:0], "labels": [0] * (3 if name.endswith("1") else 0)}
            )
        )
    (base / CIFAR10.meta["filename"]).write_bytes(pickle.dumps({"label_names": ["x"]}))
    monkeypatch.setattr(CIFAR10, "_check_integrity", lambda self: True)
    monkeypatch.setattr("torchvision.datasets.cifar.check_integrity", lambda *_: True)
    monkeypatch.setenv(SETTING, f"torchvision:CIFAR10:{tmp_path}")
    found = on_server()
    assert len(found.names) == 3
    np.testing.assert_array_equal(found.open(1).uint8, pixels[1])


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("/nowhere/at/all", "no pictures where"),
        ("torchvision:CIFAR99:/tmp", "no data set 'CIFAR99'"),
        ("torchvision:CIFAR10:/nowhere/at/all", "CIFAR10 can't be read"),
    ],
)
def test_a_setting_that_leads_nowhere_says_so(setting, words, monkeypatch):
    monkeypatch.setenv(SETTING, setting)
    with pytest.raises(GalleryError, match=words):
        on_server()


def test_no_setting_is_no_collection_and_a_broken_file_no_picture(folder, monkeypatch):
    monkeypatch.delenv(SETTING, raising=False)
    assert on_server() is None
    (folder / "dogs" / "d.png").write_bytes(b"broken")
    with pytest.raises(ImageError):
        Folder(folder).open(3)
