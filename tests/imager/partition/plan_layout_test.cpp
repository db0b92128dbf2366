#include "imager/partition/plan_layout.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr RunSeed kSeed{std::byte{7}};

ImagePartition partition(std::uint32_t number, PartitionRole role, FileSystemKind file_system, std::uint64_t size) {
  ImagePartition made;
  made.number = number;
  made.role = role;
  made.file_system = file_system;
  made.size_bytes = size;
  made.minimum_bytes = size;
  made.block_bytes = file_system == FileSystemKind::Ext4 ? 4096 : 512;
  return made;
}

// BIOS-boot, ESP, a root that holds 3 GB, swap.
Manifest master() {
  Manifest manifest;
  manifest.partitions = {partition(1, PartitionRole::BiosBoot, FileSystemKind::Raw, kMiB),
                         partition(2, PartitionRole::Esp, FileSystemKind::Fat, 512 * kMiB),
                         partition(3, PartitionRole::Root, FileSystemKind::Ext4, 16000 * kMiB),
                         partition(4, PartitionRole::Swap, FileSystemKind::Swap, 1024 * kMiB)};
  manifest.partitions[2].grows = true;
  manifest.partitions[2].minimum_bytes = 3'000'000'000;
  return manifest;
}

Geometry drive_of(std::uint64_t bytes, std::uint32_t block = 512) { return {bytes / block, block, 4096}; }

std::vector<LbaRange> ranges_of(const Layout& layout) {
  std::vector<LbaRange> ranges;
  for (const LayoutPartition& each : layout.partitions) ranges.push_back(each.range);
  return ranges;
}

TEST_SUITE("plan layout") {
  TEST_CASE("partitions follow each other on 1 MiB, and root takes what is left of a larger drive") {
    const Layout layout = plan_layout(master(), drive_of(500'107'862'016), kSeed).value();

    const std::uint64_t root_blocks =
        500'107'862'016 / kMiB * 2048 - (1 + 1 + 512 + 1024) * 2048;  // The backup GPT fits behind.
    const std::vector<LbaRange> wanted{{2048, 2048},
                                       {4096, 512 * 2048},
                                       {4096 + 512 * 2048, root_blocks},
                                       {4096 + 512 * 2048 + root_blocks, 1024 * 2048}};
    CHECK((ranges_of(layout) == wanted));
  }

  TEST_CASE("a drive that ends on 1 MiB loses the last one to the backup GPT") {
    const Layout layout = plan_layout(master(), drive_of(8000 * kMiB), kSeed).value();

    CHECK(layout.partitions.back().range.end() == 7999 * 2048);
  }

  TEST_CASE("blocks of 4096 bytes move nothing in bytes") {
    Manifest manifest = master();
    manifest.partitions[1].block_bytes = 4096;

    const Layout small = plan_layout(manifest, drive_of(67'000'000'512, 512), kSeed).value();
    const Layout large = plan_layout(manifest, drive_of(67'000'000'512, 4096), kSeed).value();

    for (std::size_t i = 0; i < small.partitions.size(); ++i) {
      CHECK(small.partitions[i].range.first * 512 == large.partitions[i].range.first * 4096);
      CHECK(small.partitions[i].range.count * 512 == large.partitions[i].range.count * 4096);
    }
  }

  TEST_CASE("a drive smaller than the master but large enough for what it holds will do") {
    const Result<Layout> layout = plan_layout(master(), drive_of(8'000'000'000), kSeed);

    REQUIRE(layout.ok());
    CHECK(layout.value().partitions[2].range.count * 512 >= 3'000'000'000);
    CHECK(layout.value().partitions[2].range.count * 512 < 16000 * kMiB);
  }

  TEST_CASE("a drive that is too small is refused with both numbers, and one block decides") {
    const std::uint64_t least = (1 + 1 + 512 + 2862 + 1024) * kMiB + 33 * 512;  // 3 GB are 2861.02 MiB.

    const Result<Layout> enough = plan_layout(master(), drive_of(least), kSeed);
    const Result<Layout> short_of = plan_layout(master(), drive_of(least - 512), kSeed);

    CHECK(enough.ok());
    REQUIRE_FALSE(short_of.ok());
    CHECK(short_of.error().code == Errc::Refused);
    CHECK(short_of.error().stop == Stop::DriveTooSmall);
    CHECK(short_of.error().detail == "needs 4.7 GB, has 4.6 GB");
  }

  TEST_CASE("a file system whose blocks are smaller than the drive's is refused in words") {
    Manifest manifest = master();
    manifest.partitions[2].block_bytes = 1024;

    const Result<Layout> layout = plan_layout(manifest, drive_of(67'000'000'512, 4096), kSeed);

    REQUIRE_FALSE(layout.ok());
    CHECK(layout.error().stop == Stop::ImageUnsuited);
    CHECK(layout.error().detail ==
          "partition 3 of the image holds a ext4 file system with blocks of 1024 bytes; the drive has blocks of 4096");
    CHECK(plan_layout(master(), drive_of(67'000'000'512, 4096), kSeed).ok());  // Its FAT is rebuilt.
  }

  TEST_CASE("an MBR leaves no room behind, but a table in front of each logical partition") {
    Manifest manifest = master();
    manifest.source.table = TableKind::Mbr;
    manifest.partitions = {partition(1, PartitionRole::Root, FileSystemKind::Ext4, 16000 * kMiB),
                           partition(5, PartitionRole::Swap, FileSystemKind::Swap, 1024 * kMiB)};
    manifest.partitions[0].grows = true;

    const Layout layout = plan_layout(manifest, drive_of(20000 * kMiB), kSeed).value();

    const std::vector<LbaRange> wanted{{2048, (20000 - 1 - 1 - 1024) * 2048}, {(20000 - 1024) * 2048, 1024 * 2048}};
    CHECK((ranges_of(layout) == wanted));
    CHECK(layout.disk_id.size() == 10);
    CHECK(layout.partitions[0].guid.empty());
  }

  TEST_CASE("what an MBR cannot name stays unused") {
    Manifest manifest = master();
    manifest.source.table = TableKind::Mbr;

    const Layout layout = plan_layout(manifest, drive_of(3'000'592'982'016), kSeed).value();

    CHECK(layout.partitions.back().range.end() == std::uint64_t{1} << 32);
  }

  TEST_CASE("identities are a function of the seed, and differ from each other") {
    const Layout layout = plan_layout(master(), drive_of(67'000'000'512), kSeed).value();

    CHECK((layout == plan_layout(master(), drive_of(67'000'000'512), kSeed).value()));
    CHECK(layout.disk_id != plan_layout(master(), drive_of(67'000'000'512), RunSeed{}).value().disk_id);
    CHECK(layout.partitions[0].guid != layout.partitions[1].guid);
    CHECK(layout.partitions[0].guid != layout.disk_id);
  }
}

}  // namespace
}  // namespace relance
