// Every bit of an image folder is covered: 200 single flips anywhere in it, each refused before the drive is touched or at the
// chunk that it is in, and no chunk that passed is other than it was.
#include <doctest/doctest.h>

#include "imager/deploy/deploy_contents.h"
#include "tests/contract/deploy/master.h"
#include "tests/support/skip.h"
#include "tests/wiper/crypto/key_ring.h"
#include "wiper/linux/tools.h"
#include "wiper/sim/seeded_random.h"

namespace relance {
namespace {

constexpr std::uint64_t kFlips = 200;
constexpr Geometry kDrive{.block_count = 800'000, .logical_bytes = 512, .physical_bytes = 4096};

struct Place {
  std::string file;
  std::size_t byte = 0;
  std::byte bit{};
};

// Any bit of the folder as likely as any other.
Place draw(const std::map<std::string, Bytes>& files, SeededRandom& random) {
  std::uint64_t all = 0;
  for (const auto& [name, bytes] : files) all += bytes.size();
  std::uint64_t at = random.below(all);
  for (const auto& [name, bytes] : files) {
    if (at < bytes.size()) return {name, static_cast<std::size_t>(at), std::byte{1} << random.below(8)};
    at -= bytes.size();
  }
  return {};
}

enum class Fate : std::uint8_t { Passed, RefusedAtOpening, RefusedAtChunk };

// A signed image, and what its chunks were before anybody touched it.
class SignedImage {
 public:
  explicit SignedImage(const TemporaryFolder& work)
      : folder_(
            make_master(work, {.signer = CaptureSigner{&key_ring().root, &key_ring().root_certificate, kNow}}).folder) {
    REQUIRE(deploy() == Fate::Passed);
  }
  std::map<std::string, Bytes>& files() { return folder_->files; }

  // What a deployment would do with the folder as it is now.
  Fate deploy() {
    Result<ImageFolder> image = ImageFolder::open(folder_, {.root = &key_ring().root_certificate});
    if (!image.ok()) return Fate::RefusedAtOpening;
    DeployContents contents(std::make_shared<const ImageFolder>(std::move(image).value()),
                            std::make_shared<LinuxTools>());
    const auto content =
        contents.make({.name = std::string(kImageContent), .geometry = kDrive, .writes = true}).value();
    const bool is_first = chunks_.empty();
    for (std::uint64_t index = 0; index < content->chunk_count(); ++index) {
      Bytes bytes(static_cast<std::size_t>(block_count(content->chunk(index))) * kDrive.logical_bytes);
      if (!content->fill(index, bytes).ok()) return Fate::RefusedAtChunk;
      if (is_first) chunks_.push_back(sha256(bytes));
      CHECK(chunks_.at(static_cast<std::size_t>(index)) == sha256(bytes));
    }
    return Fate::Passed;
  }

  Fate deploy_flipped(std::byte& byte, std::byte bit) {
    byte ^= bit;
    const Fate fate = deploy();
    byte ^= bit;
    return fate;
  }

 private:
  std::shared_ptr<MemoryFolder> folder_;
  std::vector<Sha256Digest> chunks_;
};

TEST_SUITE("deploy") {
  TEST_CASE("no flipped bit of an image comes to a drive") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder work;
    SignedImage image(work);
    SeededRandom random(5, "flips");
    std::map<Fate, unsigned> fates;
    for (std::uint64_t flip = 0; flip < kFlips; ++flip) {
      const Place place = draw(image.files(), random);
      CAPTURE(place.file);
      CAPTURE(place.byte);
      const Fate fate = image.deploy_flipped(image.files().at(place.file).at(place.byte), place.bit);
      CHECK(fate != Fate::Passed);
      ++fates[fate];
      if (flip % 20 == 19) CHECK(image.deploy() == Fate::Passed);
    }
    MESSAGE(fates[Fate::RefusedAtOpening], " refused at opening, ", fates[Fate::RefusedAtChunk], " at their chunk");
  }

  TEST_CASE("nor one of its small files, nor of manifest and signature") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder work;
    SignedImage image(work);
    SeededRandom random(6, "flips");
    for (auto& [name, bytes] : image.files()) {
      CAPTURE(name);
      if (name.ends_with(".zst")) continue;
      for (int flip = 0; flip < 20; ++flip) {
        const auto at = static_cast<std::size_t>(random.below(bytes.size()));
        CAPTURE(at);
        CHECK(image.deploy_flipped(bytes[at], std::byte{1} << random.below(8)) == Fate::RefusedAtOpening);
      }
    }
  }
}

}  // namespace
}  // namespace relance
