// Tables that we write, judged by sgdisk, sfdisk and parted; tables that they write, read by us.
#include <doctest/doctest.h>

#include <fstream>

#include "imager/partition/plan_layout.h"
#include "imager/partition/read_layout.h"
#include "imager/partition/write_table.h"
#include "tests/support/memory_drive.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/linux/tools.h"

namespace relance {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr RunSeed kSeed{std::byte{7}};

// A drive of holes, so that 67 GB cost nothing.
class SparseDrive : public BlockReader {
 public:
  SparseDrive(Geometry geometry, const Overlay& overlay) : geometry_(geometry), overlay_(overlay) {}
  Geometry geometry() const override { return geometry_; }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override {
    for (std::uint64_t i = 0; i < range.count; ++i) {
      const auto block = bytes.subspan(static_cast<std::size_t>(i) * geometry_.logical_bytes, geometry_.logical_bytes);
      const auto held = overlay_.block(range.first + i);
      if (held)
        std::copy(held->begin(), held->end(), block.begin());
      else
        std::fill(block.begin(), block.end(), std::byte{0});
    }
    return {};
  }

 private:
  Geometry geometry_;
  const Overlay& overlay_;
};

void write_file(const TemporaryFolder& folder, const Geometry& geometry, const Overlay& overlay) {
  const std::filesystem::path path = folder.path() / "drive";
  std::ofstream(path, std::ios::binary).close();
  std::filesystem::resize_file(path, geometry.size_bytes());
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  const ExtentSet extents = overlay.extents();
  for (const LbaRange extent : extents.ranges()) {
    file.seekp(static_cast<std::streamoff>(extent.first * geometry.logical_bytes));
    for (std::uint64_t lba = extent.first; lba < extent.end(); ++lba) file << as_text(*overlay.block(lba));
  }
  file.close();
  require(file.good(), "cannot write the test's drive");
}

ImagePartition partition(std::uint32_t number, std::string_view type, std::uint64_t size, std::string name = "") {
  ImagePartition made;
  made.number = number;
  made.type = type;
  made.name = std::move(name);
  made.size_bytes = size;
  made.minimum_bytes = size;
  made.block_bytes = 4096;
  return made;
}

Manifest gpt_master() {
  Manifest manifest;
  manifest.partitions = {partition(14, kTypeBiosBoot, kMiB), partition(15, kTypeEsp, 100 * kMiB, "EFI Système"),
                         partition(1, kTypeLinux, 700 * kMiB, "racine"), partition(2, kTypeLinuxSwap, 64 * kMiB)};
  manifest.partitions[1].attributes = 1;
  manifest.partitions[2].grows = true;
  return manifest;
}

Manifest mbr_master() {
  Manifest manifest;
  manifest.source.table = TableKind::Mbr;
  manifest.partitions = {partition(1, "0x83", 700 * kMiB), partition(5, "0x82", 64 * kMiB),
                         partition(6, "0x83", 32 * kMiB)};
  manifest.partitions[0].attributes = 1;
  manifest.partitions[0].grows = true;
  return manifest;
}

Geometry drive_of(std::uint64_t bytes, std::uint32_t block) { return {bytes / block, block, 4096}; }

const Geometry kGeometries[] = {drive_of(1024 * kMiB, 512), drive_of(67'000'000'512, 512),
                                drive_of(8'000'000'000, 4096), drive_of(3'000'592'982'016, 512)};

Overlay table_for(const Manifest& manifest, const Geometry& geometry, const RunSeed& seed = kSeed) {
  LinuxTools tools;
  const Result<Layout> layout = plan_layout(manifest, geometry, seed);
  REQUIRE_MESSAGE(layout.ok(), layout.error().detail);
  Result<Overlay> overlay = write_table(tools, layout.value(), geometry);
  REQUIRE_MESSAGE(overlay.ok(), overlay.error().detail);
  return std::move(overlay).value();
}

TEST_SUITE("partition table") {
  TEST_CASE("sgdisk finds nothing wrong with a GPT of ours, and something after one flipped byte") {
    if (!has_program("sgdisk")) return skip("the program sgdisk is not installed");
    for (const Geometry& geometry : kGeometries) {
      if (geometry.logical_bytes != 512) continue;  // sgdisk takes every file for one of 512.
      const TemporaryFolder folder;
      Overlay overlay = table_for(gpt_master(), geometry);

      write_file(folder, geometry, overlay);
      const auto verdict = folder.run("sgdisk --verify drive");
      CHECK_MESSAGE(verdict.output.find("No problems found") != std::string::npos, verdict.output);

      const auto entries = overlay.block(2);
      Bytes flipped(entries->begin(), entries->end());
      flipped[40] ^= std::byte{1};
      overlay.put(2, flipped);
      write_file(folder, geometry, overlay);
      CHECK(folder.run("sgdisk --verify drive").output.find("No problems found") == std::string::npos);
    }
  }

  TEST_CASE("parted and sfdisk read the partitions that were planned, at both block sizes") {
    if (!has_program("parted") || !has_program("sfdisk"))
      return skip("the programs parted and sfdisk are not installed");
    for (const Manifest& manifest : {gpt_master(), mbr_master()}) {
      for (const Geometry& geometry : kGeometries) {
        const TemporaryFolder folder;
        const Layout layout = plan_layout(manifest, geometry, kSeed).value();
        write_file(folder, geometry, table_for(manifest, geometry));

        const std::string block = std::to_string(geometry.logical_bytes);
        const auto parted = folder.run("PARTED_SECTOR_SIZE=" + block + " parted --machine drive unit s print");
        CHECK(parted.exit_code == 0);
        for (const LayoutPartition& each : layout.partitions) {
          const std::string line = std::to_string(each.number) + ":" + std::to_string(each.range.first) +
                                   "s:" + std::to_string(each.range.end() - 1) +
                                   "s:" + std::to_string(each.range.count) + "s:";
          CHECK_MESSAGE(parted.output.find(line) != std::string::npos, parted.output);
        }
        if (geometry.logical_bytes != 512) continue;  // sfdisk asks the kernel, and that knows no file of 4096.
        const auto sfdisk = folder.run("sfdisk --verify drive");
        CHECK_MESSAGE(sfdisk.output.find("No errors detected") != std::string::npos, sfdisk.output);
      }
    }
  }

  TEST_CASE("what was written is read back as it was planned") {
    for (const Manifest& manifest : {gpt_master(), mbr_master()}) {
      for (const Geometry& geometry : kGeometries) {
        const Overlay overlay = table_for(manifest, geometry);
        SparseDrive drive(geometry, overlay);

        const Result<Layout> layout = read_layout(drive);

        REQUIRE_MESSAGE(layout.ok(), layout.error().detail);
        CHECK((layout.value() == plan_layout(manifest, geometry, kSeed).value()));
      }
    }
  }

  TEST_CASE("the same seed gives the same bytes, another seed another disk and other partitions") {
    for (const Manifest& manifest : {gpt_master(), mbr_master()}) {
      const Geometry geometry = kGeometries[1];

      const Bytes once = table_for(manifest, geometry).to_file();
      const Bytes again = table_for(manifest, geometry).to_file();
      const Bytes other = table_for(manifest, geometry, RunSeed{std::byte{8}}).to_file();

      CHECK((once == again));
      CHECK_FALSE((once == other));
    }
  }

  TEST_CASE("a table is small") {
    CHECK(table_for(gpt_master(), kGeometries[1]).to_file().size() < 64 * 1024);
    CHECK(table_for(mbr_master(), kGeometries[1]).to_file().size() < 64 * 1024);
  }

  TEST_CASE("a GPT by sgdisk is read with its types, names, identities and attributes") {
    if (!has_program("sgdisk")) return skip("the program sgdisk is not installed");
    const TemporaryFolder folder;
    const auto made = folder.run(
        "truncate -s 64M drive && sgdisk --disk-guid=11112222-3333-4444-5555-666677778888 "
        "--new=3:2048:+1M --typecode=3:EF02 --new=1:8192:40959 --change-name=1:'Société' --attributes=1:set:2 "
        "--partition-guid=1:AAAABBBB-CCCC-DDDD-EEEE-FFFF00001111 drive");
    REQUIRE_MESSAGE(made.exit_code == 0, made.output);
    MemoryDrive drive(drive_of(64 * kMiB, 512));
    drive.platter = folder.read("drive");

    const Result<Layout> layout = read_layout(drive);

    REQUIRE_MESSAGE(layout.ok(), layout.error().detail);
    CHECK(layout.value().disk_id == "11112222-3333-4444-5555-666677778888");
    REQUIRE(layout.value().partitions.size() == 2);
    CHECK(layout.value().partitions[0].type == kTypeBiosBoot);
    const LayoutPartition wanted{.number = 1,
                                 .range = range_between(8192, 40960),
                                 .type = std::string(kTypeLinux),
                                 .name = "Société",
                                 .guid = "aaaabbbb-cccc-dddd-eeee-ffff00001111",
                                 .attributes = 4};
    CHECK((layout.value().partitions[1] == wanted));
  }

  TEST_CASE("a GPT whose primary copy is damaged is read from its backup") {
    const Geometry geometry = kGeometries[0];
    Overlay overlay = table_for(gpt_master(), geometry);
    const auto header = overlay.block(1);
    Bytes damaged(header->begin(), header->end());
    damaged[3] ^= std::byte{1};
    overlay.put(1, damaged);
    SparseDrive drive(geometry, overlay);

    const Result<Layout> layout = read_layout(drive);

    REQUIRE_MESSAGE(layout.ok(), layout.error().detail);
    CHECK((layout.value() == plan_layout(gpt_master(), geometry, kSeed).value()));
  }

  TEST_CASE("an MBR by sfdisk with logical partitions is read") {
    if (!has_program("sfdisk")) return skip("the program sfdisk is not installed");
    const TemporaryFolder folder;
    const auto made = folder.run(
        "truncate -s 64M drive && printf 'label: dos\\nlabel-id: 0x1a2b3c4d\\nstart=2048, size=20480, type=83, "
        "bootable\\n"
        "start=22528, type=5\\nstart=24576, size=4096, type=82\\nstart=32768, size=8192, type=83\\n' | sfdisk drive");
    REQUIRE_MESSAGE(made.exit_code == 0, made.output);
    MemoryDrive drive(drive_of(64 * kMiB, 512));
    drive.platter = folder.read("drive");

    const Result<Layout> layout = read_layout(drive);

    REQUIRE_MESSAGE(layout.ok(), layout.error().detail);
    const Layout wanted{TableKind::Mbr,
                        "0x1a2b3c4d",
                        {{1, {2048, 20480}, "0x83", "", "", 1},
                         {5, {24576, 4096}, "0x82", "", "", 0},
                         {6, {32768, 8192}, "0x83", "", "", 0}}};
    CHECK((layout.value() == wanted));
  }

  TEST_CASE("a drive without a table is refused as a master") {
    MemoryDrive drive(drive_of(8 * kMiB, 512), std::byte{0});

    const Result<Layout> layout = read_layout(drive);

    REQUIRE_FALSE(layout.ok());
    CHECK(layout.error().stop == Stop::MasterUnfit);
  }
}

}  // namespace
}  // namespace relance
