#include "imager/capture/image_drive.h"

#include <doctest/doctest.h>

#include "imager/capture/capture.h"
#include "tests/imager/format/small_image.h"
#include "tests/support/inline_executor.h"
#include "tests/support/master_disk.h"
#include "tests/support/memory_folder.h"
#include "tests/support/skip.h"

namespace relance {
namespace {

const ImageTrust kAnything{.unsigned_allowed = true};

struct Captured {
  std::shared_ptr<MemoryFolder> folder = std::make_shared<MemoryFolder>();
  Manifest manifest;

  Captured(BlockReader& drive, const Layout& layout) {
    InlineExecutor executor;
    const Result<CaptureReport> report =
        capture(drive, layout, *folder, executor, {.name = "essai", .made_by = "a test", .workers = 3});
    REQUIRE_MESSAGE(report.ok(), report.error().detail);
    manifest = report.value().manifest;
  }
  ImageFolder image() const {
    Result<ImageFolder> image = ImageFolder::open(folder, kAnything);
    REQUIRE_MESSAGE(image.ok(), image.error().detail);
    return std::move(image).value();
  }
};

TEST_SUITE("image drive") {
  TEST_CASE("an image that was captured from an image is the same image, with and without our manifest") {
    if (!can_make_master()) return skip(kMasterNeeds);
    const TemporaryFolder folder;
    for (const TableKind table : {TableKind::Gpt, TableKind::Mbr}) {
      for (const bool is_foreign : {false, true}) {
        CAPTURE(table);
        CAPTURE(is_foreign);
        MasterDisk master = make_master(folder, {.table = table});
        const Captured first(master.drive, master.layout);
        if (is_foreign) first.folder->files.erase(kManifestFile);  // What stays is a folder of Clonezilla's.
        const ImageFolder image = first.image();
        const std::unique_ptr<ImageDrive> drive = ImageDrive::open(image).value();

        const Captured again(*drive, drive->layout());

        CHECK(again.image().check_all({}).ok());
        CHECK((again.manifest.partitions == first.manifest.partitions));
        CHECK(again.manifest.minimum_bytes == first.manifest.minimum_bytes);
        CHECK(again.manifest.source.firmware == first.manifest.source.firmware);
        CHECK(again.manifest.source.table == first.manifest.source.table);
        CHECK(again.manifest.source.disk_id == first.manifest.source.disk_id);
        CHECK(again.manifest.boot == first.manifest.boot);
        CHECK(again.folder->files.at("sda-mbr") == first.folder->files.at("sda-mbr"));
        if (table == TableKind::Mbr)
          CHECK(again.folder->files.at("sda-hidden-data-after-mbr") ==
                first.folder->files.at("sda-hidden-data-after-mbr"));
      }
    }
  }

  TEST_CASE("logical partitions get back the box that sfdisk wants around them") {
    if (!has_program("sfdisk")) return skip("the program sfdisk is not installed");
    SmallImage small;
    small.manifest.source.table = TableKind::Mbr;
    small.manifest.source.disk_id = "0x1a2b3c4d";
    for (ImagePartition& partition : small.manifest.partitions) partition.type = "0x83";
    small.manifest.partitions[1].number = 5;
    small.manifest.partitions[1].source = {6144, 96256};  // With room for a table in front.
    small.manifest.partitions[1].name = "";
    small.manifest.partitions[2].number = 6;
    small.publish();
    const ImageFolder image = ImageFolder::open(small.folder, kAnything).value();
    const std::unique_ptr<ImageDrive> drive = ImageDrive::open(image).value();

    const Captured again(*drive, drive->layout());

    CHECK(again.manifest.partitions.size() == 3);
    const TemporaryFolder folder;
    folder.write("dump", again.folder->files.at("sda-pt.sf"));
    const auto made =
        folder.run("truncate -s 64M disk && sfdisk -q disk <dump && sfdisk -d disk | sed -n 's/.*start= *//p'");
    CHECK(made.exit_code == 0);
    CHECK(made.output ==
          "2048, size=        2048, type=83\n6143, size=      102401, type=5\n6144, size=       96256, type=83\n"
          "104448, size=        4096, type=83\n");
  }

  TEST_CASE("what the image does not hold reads as zeros, and a damaged chunk as an error") {
    if (!can_make_master()) return skip(kMasterNeeds);
    const TemporaryFolder folder;
    MasterDisk master = make_master(folder);
    const Captured captured(master.drive, master.layout);
    const ImageFolder image = captured.image();
    const std::unique_ptr<ImageDrive> drive = ImageDrive::open(image).value();
    const std::uint64_t behind = master.layout.partitions.back().range.end();
    const ImagePartition& root = captured.manifest.partitions[2];
    const std::uint64_t first_chunk =
        root.source.first + root.chunks[0].extents.ranges().front().first * (root.block_bytes / 512);

    Bytes block(512, std::byte{0xEE});
    REQUIRE(drive->read({behind, 1}, block).ok());
    CHECK(block == Bytes(512));
    REQUIRE(drive->read({first_chunk + 2, 1}, block).ok());
    const auto held = master.drive.platter.begin() + static_cast<std::ptrdiff_t>((first_chunk + 2) * 512);
    CHECK(block == Bytes(held, held + 512));

    captured.folder->files.at(root.file)[static_cast<std::size_t>(root.chunks[0].offset) + 100] ^= std::byte{1};
    const std::unique_ptr<ImageDrive> damaged = ImageDrive::open(image).value();
    const Result<void> read = damaged->read({first_chunk + 2, 1}, block);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().stop == Stop::ImageDamaged);
  }
}

}  // namespace
}  // namespace relance
