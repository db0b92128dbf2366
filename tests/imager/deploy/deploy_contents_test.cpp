#include "imager/deploy/deploy_contents.h"

#include <doctest/doctest.h>

#include "imager/partition/plan_layout.h"
#include "imager/partition/read_layout.h"
#include "tests/imager/deploy/file_tools.h"
#include "tests/imager/format/small_image.h"
#include "tests/support/memory_drive.h"
#include "wiper/plan/plan.h"

namespace relance {
namespace {

constexpr RunSeed kSeed{std::byte{42}};
constexpr std::size_t kRoot = 1;       // In SmallImage's manifest.
constexpr std::size_t kTornChunk = 2;  // Of root: its last block lies at the end of the partition.

Geometry drive_of(std::uint64_t bytes) { return {bytes / 512, 512, 512}; }

struct Deployed {
  std::shared_ptr<const ImageFolder> image;
  Layout layout;
  std::shared_ptr<Content> content;
  MemoryDrive drive;

  Deployed(const SmallImage& small, Geometry geometry) : drive(geometry, std::byte{0xEE}) {
    Result<ImageFolder> opened = ImageFolder::open(small.folder, {.unsigned_allowed = true});
    REQUIRE_MESSAGE(opened.ok(), opened.error().detail);
    image = std::make_shared<const ImageFolder>(std::move(opened).value());
    layout = plan_layout(image->manifest(), geometry, kSeed).value();
    DeployContents contents(image, std::make_shared<FileTools>());
    content = contents.make({.name = std::string(kImageContent), .geometry = geometry, .seed = kSeed}).value();
  }

  Bytes read(std::uint64_t index) {
    const std::vector<LbaRange> ranges = content->chunk(index);
    Bytes bytes(static_cast<std::size_t>(block_count(ranges)) * 512);
    std::span<std::byte> rest(bytes);
    for (const LbaRange range : ranges) {
      REQUIRE(drive.read(range, rest.first(static_cast<std::size_t>(range.count) * 512)).ok());
      rest = rest.subspan(static_cast<std::size_t>(range.count) * 512);
    }
    return bytes;
  }
  void write_all() {
    for (std::uint64_t index = 0; index < content->chunk_count(); ++index) {
      const std::vector<LbaRange> ranges = content->chunk(index);
      Bytes bytes(static_cast<std::size_t>(block_count(ranges)) * 512);
      REQUIRE(content->fill(index, bytes).ok());
      std::span<const std::byte> rest(bytes);
      for (const LbaRange range : ranges) {
        REQUIRE(drive.write(range, rest.first(static_cast<std::size_t>(range.count) * 512)).ok());
        rest = rest.subspan(static_cast<std::size_t>(range.count) * 512);
      }
    }
  }
  ExtentSet differing(std::uint64_t index) {
    const Bytes actual = read(index);
    Bytes scratch(actual.size());
    return content->differing(index, actual, scratch).value();
  }
  // The block of root's file system, as it lies on the drive.
  Bytes root_block(std::uint64_t block) {
    Bytes bytes(4096);
    REQUIRE(drive.read({layout.partitions[kRoot].range.first + block * 8, 8}, bytes).ok());
    return bytes;
  }
};

Bytes wanted_block(std::uint64_t block) { return blocks_of({{block, 1}}, 4096); }

// What a job does with an overlay: the blocks of each write, in order.
std::vector<ExtentSet> writes_of(const std::shared_ptr<const Overlay>& overlay) {
  const Plan plan = make_plan({.path = "/dev/sda",
                               .identity = {"ST500", "Z1", SerialSource::Drive, "", ""},
                               .geometry = drive_of(64 * kMiB),
                               .bus = Bus::Ata,
                               .medium = Medium::Rotating,
                               .confirm_word = "Z1"},
                              {}, {.image = ImageNeeds{"essai", "ab", kMiB}})
                        .value();
  std::vector<ExtentSet> writes;
  for (const Step& step : plan.steps) {
    if (step.kind != StepKind::Write || step.content != kFinishOverlay) continue;
    const std::shared_ptr<Content> content = overlay_content(step.content, overlay, step.part);
    writes.emplace_back();
    for (std::uint64_t index = 0; index < content->chunk_count(); ++index)
      for (const LbaRange range : content->chunk(index)) writes.back().add(range);
  }
  return writes;
}

TEST_SUITE("deploy contents") {
  TEST_CASE("a drive one block too small is refused with both sizes, in the plan and at the step") {
    SmallImage small;
    const std::uint64_t least = small.manifest.minimum_bytes - kMiB + 33 * 512;  // The backup table needs no whole MiB.

    CHECK(fits_drive(small.manifest, drive_of(least)).ok());
    const Result<void> verdict = fits_drive(small.manifest, drive_of(least - 512));

    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().code == Errc::Refused);
    CHECK(verdict.error().stop == Stop::DriveTooSmall);
    CHECK(verdict.error().detail == "needs 0.1 GB, has 0.0 GB");
    DeployContents contents(Deployed(small, drive_of(least)).image, std::make_shared<FileTools>());
    CHECK(contents.make({.name = std::string(kImageContent), .geometry = drive_of(least - 512)}).error().stop ==
          Stop::DriveTooSmall);
  }

  TEST_CASE("extents that are no whole blocks of the drive are refused in the plan") {
    SmallImage small;
    small.manifest.partitions.erase(small.manifest.partitions.begin() + 1);  // Root, whose blocks would do.
    small.manifest.partitions[0].grows = true;
    small.manifest.partitions[0].chunks[0].extents = {{0, 2047}};
    small.manifest.source.firmware = {Firmware::Uefi};

    const Result<void> verdict = fits_drive(small.manifest, {16384, 4096, 4096});

    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().stop == Stop::ImageUnsuited);
    CHECK(verdict.error().detail ==
          "partition 1 of the image is cut into blocks of 512 bytes; the drive has blocks of 4096");
    CHECK(fits_drive(small.manifest, drive_of(64 * kMiB)).ok());
  }

  TEST_CASE("no content is made of a hostile manifest") {
    const auto refusal = [](auto change) {
      SmallImage small;
      change(small.manifest);
      small.publish();
      const Result<ImageFolder> image = ImageFolder::open(small.folder, {.unsigned_allowed = true});
      return image.ok() ? Stop::Internal : image.error().stop;
    };
    const auto chunk = [](Manifest& manifest) -> ImageChunk& { return manifest.partitions[kRoot].chunks[0]; };
    constexpr std::uint64_t kHuge = ~std::uint64_t{0};

    CHECK(refusal([](Manifest&) {}) == Stop::Internal);  // As it is, it opens.
    CHECK(refusal([&](Manifest& m) { chunk(m).extents.add({12000, 1}); }) == Stop::ImageHostile);
    CHECK(refusal([&](Manifest& m) { chunk(m).extents.add({1500, 700}); }) == Stop::ImageHostile);
    CHECK(refusal([](Manifest& m) { m.partitions[kRoot].source = {4096, kHuge}; }) == Stop::ImageHostile);
    CHECK(refusal([](Manifest& m) { m.partitions[kRoot].block_count = kHuge / 4096; }) == Stop::ImageHostile);
    CHECK(refusal([](Manifest& m) { m.partitions[kRoot].minimum_bytes = 0; }) == Stop::ImageHostile);
    CHECK(refusal([](Manifest& m) { m.partitions[0].grows = true; }) == Stop::ImageHostile);
  }

  TEST_CASE("on a larger drive each chunk lies in its partition, and the blocks are the image's") {
    SmallImage small;
    Deployed deployed(small, drive_of(200 * kMiB));
    const LbaRange root = deployed.layout.partitions[kRoot].range;
    CHECK(root.count * 512 == (200 - 1 - 1 - 2 - 1) * kMiB);  // All but front, BIOS-boot, swap and the backup table.

    deployed.write_all();

    ExtentSet all;
    for (std::uint64_t index = 0; index < deployed.content->chunk_count(); ++index) {
      for (const LbaRange range : deployed.content->chunk(index)) {
        CHECK((deployed.layout.partitions[0].range.covers(range) || root.covers(range)));
        CHECK(all.cropped(range).empty());
        all.add(range);
      }
      CHECK(deployed.differing(index).empty());
    }
    CHECK(all.block_count() == deployed.content->identity().block_count);
    for (const std::uint64_t block : {0U, 699U, 800U, 5011U, 11999U})
      CHECK(deployed.root_block(block) == wanted_block(block));
    CHECK(deployed.root_block(2000) == Bytes(4096));
    CHECK(deployed.root_block(700) == Bytes(4096, std::byte{0xEE}));
  }

  TEST_CASE("on a smaller drive what lies behind its end is left out, and nothing else") {
    SmallImage small;
    Deployed deployed(small, drive_of(small.manifest.minimum_bytes));
    const LbaRange root = deployed.layout.partitions[kRoot].range;
    REQUIRE(root.count * 512 == 20 * kMiB);

    deployed.write_all();

    const std::uint64_t torn = deployed.content->chunk_count() - 1;
    CHECK((deployed.content->chunk(torn) == std::vector<LbaRange>{{root.first + 5000 * 8, 12 * 8}}));
    CHECK(deployed.root_block(5011) == wanted_block(5011));
    CHECK(deployed.differing(torn).empty());
    deployed.drive.platter[static_cast<std::size_t>(root.first + 5003 * 8 + 3) * 512] ^= std::byte{1};
    CHECK(deployed.differing(torn) == ExtentSet{{root.first + 5003 * 8 + 3, 1}});
    CHECK(deployed.image->manifest().partitions[kRoot].chunks[kTornChunk].extents.block_count() == 13);
  }

  TEST_CASE("a flipped byte on the drive condemns its chunk, in zeros its block") {
    SmallImage small;
    Deployed deployed(small, drive_of(64 * kMiB));
    deployed.write_all();
    const LbaRange root = deployed.layout.partitions[kRoot].range;

    deployed.drive.platter[static_cast<std::size_t>(root.first) * 512 + 77] ^= std::byte{1};
    deployed.drive.platter[static_cast<std::size_t>(root.first + 2001 * 8) * 512 + 77] ^= std::byte{1};

    CHECK(deployed.differing(1) == ExtentSet{{root.first, 700 * 8}, {root.first + 800 * 8, 8}});
    CHECK(deployed.differing(2) == ExtentSet{{root.first + 2001 * 8, 1}});
    CHECK(deployed.differing(3).empty());
  }

  TEST_CASE("zeros are written only where the erase did not prove them, and compared wherever they lie") {
    SmallImage small;
    Deployed deployed(small, drive_of(64 * kMiB));
    const LbaRange root = deployed.layout.partitions[kRoot].range;
    const LbaRange zeros{root.first + 2000 * 8, 1024 * 8};
    DeployContents contents(deployed.image, std::make_shared<FileTools>());
    const auto extents = [&](ExtentSet proven_zero, bool writes) {
      const auto content = contents
                               .make({.name = std::string(kImageContent),
                                      .geometry = drive_of(64 * kMiB),
                                      .seed = kSeed,
                                      .proven_zero = std::move(proven_zero),
                                      .writes = writes})
                               .value();
      ExtentSet all;
      for (std::uint64_t index = 0; index < content->chunk_count(); ++index)
        for (const LbaRange range : content->chunk(index)) all.add(range);
      CHECK(content->identity().block_count == all.block_count());
      return all;
    };
    const ExtentSet whole = extents({}, true);
    const LbaRange everywhere{0, 64 * 2048};

    CHECK(whole.covers(zeros));
    CHECK(extents({everywhere}, true) == without(whole, ExtentSet{zeros}));
    CHECK(extents({{zeros.first + 1, zeros.count - 1}}, true) == whole);
    CHECK(extents({everywhere}, false) == whole);
  }

  TEST_CASE("the content's digest knows where its chunks lie") {
    SmallImage small;
    const auto digest = [&](std::uint64_t bytes) {
      return Deployed(small, drive_of(bytes)).content->identity().digest;
    };
    CHECK(digest(64 * kMiB) == digest(64 * kMiB));
    CHECK(digest(64 * kMiB) != digest(65 * kMiB));
  }

  TEST_CASE("names that are none of an image's are refused") {
    SmallImage small;
    Deployed deployed(small, drive_of(64 * kMiB));
    DeployContents contents(deployed.image, std::make_shared<FileTools>());

    CHECK(contents.make({.name = "finish", .geometry = drive_of(64 * kMiB)}).error().code == Errc::Invalid);
    CHECK(contents.make_overlay({.name = "image", .geometry = drive_of(64 * kMiB)}, deployed.drive).error().code ==
          Errc::Invalid);
  }

  TEST_CASE("the table is written with LBA 0 last and alone, and until then the drive has none") {
    SmallImage small;
    small.manifest.partitions.erase(small.manifest.partitions.begin() + 1);  // A root would want e2fsck.
    small.manifest.files.pop_back();                                         // And its file.
    small.manifest.partitions[0].grows = true;
    small.manifest.source.firmware = {};
    small.manifest.boot.reset();
    small.publish();
    Deployed deployed(small, drive_of(64 * kMiB));
    std::fill(deployed.drive.platter.begin(), deployed.drive.platter.end(), std::byte{0});
    deployed.write_all();
    DeployContents contents(deployed.image, std::make_shared<FileTools>());

    const Result<Overlay> made = contents.make_overlay(
        {.name = std::string(kFinishOverlay), .geometry = drive_of(64 * kMiB), .seed = kSeed}, deployed.drive);

    REQUIRE_MESSAGE(made.ok(), made.error().detail);
    const auto overlay = std::make_shared<const Overlay>(made.value());
    const std::vector<ExtentSet> writes = writes_of(overlay);
    REQUIRE(writes.size() == 2);
    CHECK(writes[0] == without(overlay->extents(), ExtentSet{{0, 1}}));
    CHECK(writes[1] == ExtentSet{{0, 1}});
    for (const ExtentSet& write : writes) {
      CHECK_FALSE(read_layout(deployed.drive).ok());
      for (const LbaRange range : write.ranges())
        for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
          REQUIRE(deployed.drive.write({lba, 1}, *overlay->block(lba)).ok());
    }
    CHECK((read_layout(deployed.drive).value() == deployed.layout));
  }

  TEST_CASE("unbooting takes both ends away, of the smallest drive too") {
    SmallImage small;
    Deployed deployed(small, drive_of(64 * kMiB));
    DeployContents contents(deployed.image, std::make_shared<FileTools>());
    const auto extents = [&](Geometry geometry) {
      return contents.make_overlay({.name = std::string(kUnbootOverlay), .geometry = geometry}, deployed.drive)
          .value()
          .extents();
    };
    CHECK(extents(drive_of(64 * kMiB)) == ExtentSet{{0, 34}, {64 * 2048 - 34, 34}});
    CHECK(extents({50, 512, 512}) == ExtentSet{{0, 50}});
    CHECK(extents({20, 512, 512}) == ExtentSet{{0, 20}});
  }
}

}  // namespace
}  // namespace relance
