#include "imager/format/image_folder.h"

#include <doctest/doctest.h>

#include "tests/imager/format/small_image.h"
#include "tests/wiper/crypto/key_ring.h"

namespace relance {
namespace {

const ImageTrust kTrusting{.root = &key_ring().root_certificate};
const ImageTrust kAnything{.unsigned_allowed = true};

void sign(SmallImage& image) {
  const KeyRing& ring = key_ring();
  image.folder->files[kManifestSignatureFile] =
      cms_sign(image.folder->files[kManifestFile], ring.root, ring.root_certificate, kNow).value();
}

SmallImage signed_image() {
  SmallImage image;
  sign(image);
  return image;
}

Stop stop_of(const SmallImage& image, const ImageTrust& trust) {
  const Result<ImageFolder> opened = ImageFolder::open(image.folder, trust);
  return opened.ok() ? Stop::Unspecified : opened.error().stop;
}

// Every chunk of the image, or why not.
Stop read_everything(const SmallImage& image, const ImageTrust& trust) {
  const Result<ImageFolder> opened = ImageFolder::open(image.folder, trust);
  if (!opened.ok()) return opened.error().stop;
  const Manifest& manifest = opened.value().manifest();
  for (std::size_t i = 0; i < manifest.partitions.size(); ++i)
    for (std::size_t k = 0; k < manifest.partitions[i].chunks.size(); ++k) {
      Bytes bytes(manifest.partitions[i].chunks[k].extents.block_count() * manifest.partitions[i].block_bytes);
      const Result<void> read = opened.value().read_chunk(i, k, bytes);
      if (!read.ok()) return read.error().stop;
      if (sha256(bytes) != manifest.partitions[i].chunks[k].sha256) return Stop::DataDiffers;
    }
  return Stop::Unspecified;
}

TEST_SUITE("image folder") {
  TEST_CASE("a signed image opens, says who signed it, and gives its chunks in any order") {
    const SmallImage image = signed_image();

    const Result<ImageFolder> opened = ImageFolder::open(image.folder, kTrusting);

    REQUIRE(opened.ok());
    CHECK(opened.value().manifest() == image.manifest);
    CHECK(opened.value().manifest_sha256() == to_hex(sha256(image.folder->files[kManifestFile])));
    REQUIRE(opened.value().signer().has_value());
    CHECK(opened.value().uncovered().empty());
    CHECK(opened.value().small_file("sda-mbr").value() == Bytes(512, std::byte{0xEB}));
    const ImagePartition& root = image.manifest.partitions[1];
    for (const std::size_t chunk : {2U, 0U, 1U, 2U}) {
      Bytes bytes(root.chunks[chunk].extents.block_count() * root.block_bytes);
      REQUIRE(opened.value().read_chunk(1, chunk, bytes).ok());
      CHECK(sha256(bytes) == root.chunks[chunk].sha256);
    }
    CHECK(opened.value().check_all({}).ok());
  }

  TEST_CASE("unsigned, signed by a stranger, or with another signature: each has its refusal") {
    SmallImage image;
    CHECK(stop_of(image, kTrusting) == Stop::ImageUnsigned);
    CHECK(stop_of(image, kAnything) == Stop::Unspecified);

    const PrivateKey strange = PrivateKey::make();
    const KeyCertificate stranger = make_root_certificate(strange, "Un autre", kNow).value();
    image.folder->files[kManifestSignatureFile] =
        cms_sign(image.folder->files[kManifestFile], strange, stranger, kNow).value();
    CHECK(stop_of(image, kTrusting) == Stop::ImageStranger);
    CHECK(stop_of(image, {}) == Stop::ImageUnsigned);  // No root to check it with.
    CHECK(stop_of(image, kAnything) == Stop::Unspecified);

    sign(image);
    image.folder->files[kManifestFile][10] ^= std::byte{1};
    CHECK(stop_of(image, kTrusting) == Stop::ImageDamaged);
    CHECK(stop_of(image, {.root = kTrusting.root, .unsigned_allowed = true}) == Stop::ImageDamaged);
  }

  TEST_CASE("without its manifest an image is one that nobody signed; without partitions it is none") {
    SmallImage image = signed_image();
    image.folder->files.erase(kManifestFile);
    CHECK(stop_of(image, kTrusting) == Stop::ImageUnsigned);

    image.folder->files.erase("sda1.dd-ptcl-img.zst");
    image.folder->files.erase("sda3.ext4-ptcl-img.zst");
    CHECK(stop_of(image, kAnything) == Stop::ImageMissing);
  }

  TEST_CASE("a flipped bit anywhere in any file is refused before its chunk is handed out") {
    const SmallImage image = signed_image();
    REQUIRE(read_everything(image, kTrusting) == Stop::Unspecified);
    for (auto& [name, bytes] : image.folder->files) {
      if (name == kManifestSignatureFile) continue;  // It proves the others; not all of its bytes are proven.
      for (std::size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 60) {
        CAPTURE(name);
        CAPTURE(at);
        bytes[at] ^= std::byte{0x10};
        const Stop stop = read_everything(image, kTrusting);
        CHECK((stop == Stop::ImageDamaged || stop == Stop::ImageStranger));
        bytes[at] ^= std::byte{0x10};
      }
    }
    CHECK(read_everything(image, kTrusting) == Stop::Unspecified);
  }

  TEST_CASE("a file that is cut, grown or gone is refused at once") {
    const SmallImage image = signed_image();
    for (const std::string name : {"sda-mbr", "parts", "sda3.ext4-ptcl-img.zst"}) {
      CAPTURE(name);
      const Bytes whole = image.folder->files[name];
      image.folder->files[name].pop_back();
      CHECK(stop_of(image, kTrusting) == Stop::ImageDamaged);
      image.folder->files[name].resize(whole.size() + 1);
      CHECK(stop_of(image, kTrusting) == Stop::ImageDamaged);
      image.folder->files.erase(name);
      CHECK(stop_of(image, kTrusting) == Stop::ImageDamaged);
      image.folder->files[name] = whole;
    }
    CHECK(stop_of(image, kTrusting) == Stop::Unspecified);
  }

  TEST_CASE("frames that the manifest swaps are refused") {
    SmallImage image;
    std::swap(image.manifest.partitions[1].chunks[0].frame_sha256, image.manifest.partitions[1].chunks[2].frame_sha256);
    image.publish();

    CHECK(read_everything(image, kAnything) == Stop::ImageDamaged);
  }

  TEST_CASE("a check of everything finds a chunk whose hash of blocks is wrong") {
    SmallImage image;
    image.manifest.partitions[1].chunks[0].sha256[0] ^= std::byte{1};
    image.publish();

    const Result<ImageFolder> opened = ImageFolder::open(image.folder, kAnything);

    REQUIRE(opened.ok());
    CHECK(opened.value().check_all({}).error().stop == Stop::ImageDamaged);
  }

  TEST_CASE("files that the manifest does not know are named") {
    const SmallImage image = signed_image();
    image.folder->files["Thumbs.db"] = {};
    image.folder->files["other.sig"] = {};

    CHECK(ImageFolder::open(image.folder, kTrusting).value().uncovered() == std::vector<std::string>{"Thumbs.db"});
  }

  TEST_CASE("a file that is not listed cannot be read") {
    const SmallImage image;

    CHECK(ImageFolder::open(image.folder, kAnything).value().small_file("manifest.json").error().code == Errc::Invalid);
  }
}

}  // namespace
}  // namespace relance
