// A whole deployment in memory, written and compared by the sweep, judged by sgdisk, e2fsck, debugfs, mtools and blkid.
#include <doctest/doctest.h>

#include <algorithm>

#include "imager/deploy/check_boot.h"
#include "imager/deploy/deploy_contents.h"
#include "imager/partition/read_layout.h"
#include "tests/contract/deploy/master.h"
#include "tests/support/loop_device.h"
#include "tests/support/skip.h"
#include "tests/support/sparse_drive.h"
#include "wiper/linux/tools.h"
#include "wiper/plan/plan.h"
#include "wiper/sweep/sweep.h"

namespace relance {
namespace {

constexpr RunSeed kSeed{std::byte{42}};
const KeyedStream kNoise(Cipher::ChaCha20, StreamKey{std::byte{9}});

Geometry drive_of(std::uint64_t bytes, std::uint32_t block = 512) { return {bytes / block, block, 4096}; }

class Deployment {
 public:
  Deployment(const Master& master, SparseDrive& drive, bool is_zero)
      : contents_(master.image, std::make_shared<LinuxTools>()), drive_(drive) {
    request_.geometry = drive.geometry();
    request_.seed = kSeed;
    request_.statement = SignedText{Bytes(3, std::byte{'{'}), {}};
    request_.number = "DEF-04217-8";
    if (is_zero) request_.proven_zero.add(drive.geometry().whole());
  }

  void image() {
    write(image_content(true));
    CHECK(compare(image_content(false)));
  }
  std::shared_ptr<Content> image_content(bool writes) {
    request_.name = kImageContent;
    request_.writes = writes;
    Result<std::shared_ptr<Content>> content = contents_.make(request_);
    REQUIRE_MESSAGE(content.ok(), content.error().detail);
    return content.value();
  }
  Overlay overlay(std::string_view name) {
    request_.name = name;
    Result<Overlay> overlay = contents_.make_overlay(request_, drive_);
    REQUIRE_MESSAGE(overlay.ok(), overlay.error().detail);
    return std::move(overlay).value();
  }
  void finish() {
    const auto overlay = std::make_shared<const Overlay>(this->overlay(kFinishOverlay));
    write(overlay_content("finish", overlay, OverlayPart::AllButFirstBlock));
    write(overlay_content("finish", overlay, OverlayPart::FirstBlock));
    CHECK(compare(overlay_content("finish", overlay, OverlayPart::Whole)));
  }
  bool compare(const std::shared_ptr<Content>& content) {
    SweepSetup setup{.executor = executor_, .entropy = entropy_};
    return Sweep(setup, content).compare(drive_).is_clean();
  }
  void write(const std::shared_ptr<Content>& content) {
    SweepSetup setup{.executor = executor_, .entropy = entropy_};
    const SweepReport report = Sweep(setup, content).write(drive_);
    CHECK_MESSAGE(report.end == SweepEnd::Complete, report.detail);
  }
  DeployContents& contents() { return contents_; }
  ContentRequest& request() { return request_; }

 private:
  DeployContents contents_;
  SparseDrive& drive_;
  ContentRequest request_;
  InlineExecutor executor_;
  CountingEntropy entropy_;
};

void check_system(const TemporaryFolder& folder, const Layout& layout, std::uint32_t block_bytes) {
  const auto cut = [&](std::size_t index, const std::string& name) {
    const LbaRange range = layout.partitions[index].range;
    return "dd if=drive of=" + name + " bs=" + std::to_string(block_bytes) + " skip=" + std::to_string(range.first) +
           " count=" + std::to_string(range.count) + " conv=sparse status=none";
  };
  const std::size_t root = layout.partitions.size() - 2;
  REQUIRE(folder.run(cut(root, "new-root") + " && " + cut(root - 1, "new-esp") + " && " + cut(root + 1, "new-swap"))
              .exit_code == 0);

  const auto checked = folder.run("e2fsck -f -n new-root");
  CHECK_MESSAGE(checked.exit_code == 0, checked.output);
  const auto files = folder.run(
      "rm -rf before after && mkdir before after && debugfs -R 'rdump / before' root && debugfs -R 'rdump / after' "
      "new-root");
  REQUIRE(files.exit_code == 0);
  CHECK(folder.run("diff -rq before after | sort | head -n 9").output ==
        "Files before/etc/hostname and after/etc/hostname differ\n"
        "Files before/etc/hosts and after/etc/hosts differ\n"
        "Files before/etc/machine-id and after/etc/machine-id differ\n"
        "Only in after/usr/share: relance\n"
        "Only in after: var\n");
  CHECK(folder.run("cat after/etc/hostname").output == "def-04217\n");
  CHECK(folder.run("tail -n 1 after/etc/hosts").output == "127.0.1.1\tmaster.lan def-04217\n");
  CHECK(folder.run("cat after/usr/share/relance/effacement.json").output == "{{{");
  CHECK(folder.run("cat after/var/lib/relance/first-boot").output == "DEF-04217-8\n");
  const auto blocks = folder.run("dumpe2fs -h new-root 2>/dev/null | sed -n 's/^Block count: *//p'").output;
  CHECK(std::stoull(blocks) * 4096 == layout.partitions[root].range.count * block_bytes);

  CHECK(folder.run("fsck.fat -n new-esp").exit_code == 0);
  CHECK(folder.run("mcopy -n -i new-esp ::EFI/BOOT/BOOTX64.EFI again && cmp again loader").exit_code == 0);
  CHECK(folder.run("mcopy -n -i new-esp ::EFI/BOOT/grub.cfg again && cmp again cfg").exit_code == 0);
  const auto swap = folder.run("blkid -p -o export new-swap").output;
  CHECK(swap.find("LABEL=echange\nUUID=aaaaaaaa-89ab-4def-8123-456789abcdef") != std::string::npos);
}

TEST_SUITE("deploy") {
  TEST_CASE("a master becomes a system of its own on a larger drive, whatever the drive held") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder);
    for (const bool is_zero : {true, false}) {
      CAPTURE(is_zero);
      SparseDrive drive(drive_of(500'000'256), is_zero ? std::nullopt : std::optional(kNoise));
      Deployment deployment(master, drive, is_zero);

      deployment.image();
      deployment.finish();

      drive.save(folder.path() / "drive");
      CHECK(folder.run("sgdisk -v drive").output.find("No problems found") != std::string::npos);
      check_system(folder, read_layout(drive).value(), 512);
    }
  }

  TEST_CASE("an MBR master starts from its gap") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder, {.table = TableKind::Mbr});
    SparseDrive drive(drive_of(300'000'256));
    Deployment deployment(master, drive, true);

    deployment.image();
    deployment.finish();

    CHECK(check_boot(drive, *master.image).value() == BootReport{true, true, {"EFI/BOOT/BOOTX64.EFI"}});
    drive.save(folder.path() / "drive");
    check_system(folder, read_layout(drive).value(), 512);
  }

  TEST_CASE("a master with blocks of 4096 bytes becomes a system on such a drive") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    for (const MasterOptions& options :
         {MasterOptions{.logical_bytes = 4096, .mkfs_fat = "-F 16"},
          MasterOptions{.logical_bytes = 4096, .mkfs_fat = "-F 32", .esp_bytes = 264 * kMiB}}) {
      CAPTURE(options.mkfs_fat);
      const Master master = make_master(folder, options);
      for (const bool is_zero : {true, false}) {
        CAPTURE(is_zero);
        SparseDrive drive(drive_of(800'002'048, 4096), is_zero ? std::nullopt : std::optional(kNoise));
        Deployment deployment(master, drive, is_zero);

        deployment.image();
        deployment.finish();

        CHECK(check_boot(drive, *master.image).value() == BootReport{false, true, {"EFI/BOOT/BOOTX64.EFI"}});
        drive.save(folder.path() / "drive");
        check_system(folder, read_layout(drive).value(), 4096);
      }
    }
  }

  TEST_CASE("a master with blocks of 512 bytes becomes a system on a drive with blocks of 4096: its ESP is rebuilt") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Geometry large = drive_of(1'200'001'024, 4096);
    for (const MasterOptions& options :
         {MasterOptions{.esp_more = "mmd -i esp ::'Un dossier' && mcopy -i esp cfg ::'Un dossier/un fichier de la "
                                    "marque.txt' && mcopy -i esp loader ::gone && mdel -i esp ::gone"},
          MasterOptions{.mkfs_fat = "-F 32", .esp_bytes = 300 * kMiB}}) {
      CAPTURE(options.esp_bytes);
      const Master master = make_master(folder, options);
      REQUIRE(fits_drive(*master.image, large).ok());
      for (const bool is_zero : {true, false}) {
        CAPTURE(is_zero);
        SparseDrive drive(large, is_zero ? std::nullopt : std::optional(kNoise));
        Deployment deployment(master, drive, is_zero);

        deployment.image();
        deployment.finish();

        CHECK(check_boot(drive, *master.image).value() == BootReport{false, true, {"EFI/BOOT/BOOTX64.EFI"}});
        drive.save(folder.path() / "drive");
        check_system(folder, read_layout(drive).value(), 4096);
        CHECK(folder.run("fsck.fat -n -v new-esp").output.find("4096 bytes per logical sector") != std::string::npos);
        CHECK(folder
                  .run("rm -rf a b && mkdir a b && mcopy -s -n -i esp '::*' a && mcopy -s -n -i new-esp '::*' b && "
                       "diff -r a b")
                  .output == "Only in b/EFI/BOOT: grub.cfg\n");
        CHECK(folder.run("blkid -p -o value -s UUID new-esp").output == "1234-ABCD\n");
        if (!no_loop_devices().empty()) continue;
        const LoopDevice loop(folder, "drive", 4096);
        const auto table = folder.run("sgdisk -v " + loop.path());
        CHECK_MESSAGE(table.output.find("No problems found") != std::string::npos, table.output);
      }
    }
  }

  TEST_CASE("a rebuilt ESP is compared without the image, and the same master gives the same bytes") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder);
    const Geometry large = drive_of(400'003'072, 4096);
    SparseDrive one(large, kNoise);
    SparseDrive other(large, kNoise);
    Deployment first(master, one, false);
    Deployment second(master, other, false);
    first.image();
    second.image();
    CHECK((one == other));
    const auto content = first.image_content(false);
    master.folder->files.clear();
    REQUIRE(first.compare(content));
    const std::uint64_t esp = 2 * kMiB;  // Behind the BIOS-boot partition.

    for (const std::uint64_t offset : {esp + 20, esp + 4096 + 3, esp + 600'000}) {
      CAPTURE(offset);
      one.flip(offset);
      CHECK_FALSE(first.compare(content));
      one.flip(offset);
    }
    CHECK(first.compare(content));
  }

  TEST_CASE("an ESP whose files would not fit in larger blocks is refused while nothing is erased yet") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master =
        make_master(folder, {.mkfs_fat = "-F 16",
                             .esp_bytes = 4 * kMiB,
                             .esp_more = "mkdir many && cd many && for i in $(seq 900); do echo $i >$i; "
                                         "done && cd .. && mcopy -i esp many/* ::EFI/debian"});

    const Result<void> verdict = fits_drive(*master.image, drive_of(400'003'072, 4096));

    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().code == Errc::Refused);
    CHECK(verdict.error().stop == Stop::ImageUnsuited);
    CHECK(fits_drive(*master.image, drive_of(400'003'072, 512)).ok());
  }

  TEST_CASE("what only a BIOS starts is refused for blocks of 4096 bytes while nothing is erased yet") {
    Manifest manifest;
    manifest.source.firmware = {Firmware::Bios};
    manifest.partitions = {{.number = 1, .role = PartitionRole::Root, .size_bytes = 64 * kMiB, .grows = true}};
    manifest.partitions[0].file_system = FileSystemKind::Ext4;
    manifest.partitions[0].block_bytes = 4096;

    const Result<void> verdict = fits_drive(manifest, drive_of(400'003'072, 4096));

    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().code == Errc::Refused);
    CHECK(verdict.error().stop == Stop::ImageUnsuited);
    CHECK(verdict.error().detail ==
          "the image starts by a BIOS only, which needs blocks of 512 bytes; the drive has blocks of 4096, the master "
          "had 512");
    CHECK(fits_drive(manifest, drive_of(400'003'072, 512)).ok());
    manifest.source.firmware.push_back(Firmware::Uefi);
    CHECK(fits_drive(manifest, drive_of(400'003'072, 4096)).ok());
  }

  TEST_CASE("sgdisk finds no fault in the table of a drive with blocks of 4096 bytes") {
    if (!no_master().empty()) return skip(no_master());
    if (!no_loop_devices().empty()) return skip(no_loop_devices());
    const TemporaryFolder folder;
    const Master master = make_master(folder, {.logical_bytes = 4096, .mkfs_fat = "-F 16"});
    SparseDrive drive(drive_of(500'002'816, 4096));
    Deployment deployment(master, drive, true);

    deployment.image();
    deployment.finish();

    drive.save(folder.path() / "drive");
    const LoopDevice loop(folder, "drive", 4096);  // sgdisk asks the kernel how large the blocks are.
    const auto table = folder.run("sgdisk -v " + loop.path() + " && sgdisk -p " + loop.path());
    CHECK_MESSAGE(table.output.find("No problems found") != std::string::npos, table.output);
    CHECK(table.output.find("Sector size (logical/physical): 4096/4096") != std::string::npos);
  }

  TEST_CASE("a drive smaller than the master but large enough will do, and its file system ends with it") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder, {.root_bytes = 1024 * kMiB});
    const std::uint64_t least = master.image->manifest().minimum_bytes;
    REQUIRE(least < 700 * kMiB);
    for (const bool is_zero : {true, false}) {
      CAPTURE(is_zero);
      SparseDrive drive(drive_of(least), is_zero ? std::nullopt : std::optional(kNoise));
      Deployment deployment(master, drive, is_zero);

      deployment.image();
      deployment.finish();

      drive.save(folder.path() / "drive");
      check_system(folder, read_layout(drive).value(), 512);
    }
    const Result<void> verdict = fits_drive(master.image->manifest(), drive_of(least - kMiB));
    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().stop == Stop::DriveTooSmall);
    MESSAGE(verdict.error().detail);
  }

  TEST_CASE("the same run gives the same bytes on two drives, another run other identities") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder);
    SparseDrive one(drive_of(400'000'000));
    SparseDrive other(drive_of(400'000'000));
    Deployment first(master, one, true);
    Deployment second(master, other, true);

    first.image();
    second.image();
    const Bytes once = first.overlay(kFinishOverlay).to_file();
    (void)folder.run("sleep 1.1");  // A clock that leaked in would show.
    const Bytes again = second.overlay(kFinishOverlay).to_file();
    second.request().seed[3] = std::byte{1};
    const Bytes another = second.overlay(kFinishOverlay).to_file();

    CHECK((once == again));
    CHECK_FALSE((once == another));
    CHECK(once.size() < 4 * kMiB);
    MESSAGE("96 MiB to 400 MB: the overlay has " << once.size() / 1024 << " KiB");
  }

  TEST_CASE("one flipped byte, and the self-check says what would not start") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder);
    SparseDrive drive(drive_of(400'000'256));
    Deployment deployment(master, drive, true);
    deployment.image();
    deployment.finish();
    const Layout layout = read_layout(drive).value();
    const std::uint64_t core = layout.partitions[0].range.first * 512;
    const std::uint64_t esp = layout.partitions[1].range.first * 512;
    const std::uint64_t loader = [&] {  // Where the loader's bytes lie on the ESP.
      const Bytes image = folder.read("esp");
      const Bytes wanted = folder.read("loader");
      return static_cast<std::uint64_t>(std::search(image.begin(), image.end(), wanted.begin(), wanted.begin() + 4096) -
                                        image.begin());
    }();
    CHECK(check_boot(drive, *master.image).value() == BootReport{true, true, {"EFI/BOOT/BOOTX64.EFI"}});

    for (const std::uint64_t offset :
         {std::uint64_t{0x10}, std::uint64_t{0x5c}, std::uint64_t{511}, std::uint64_t{512 + 60},
          std::uint64_t{1024 + 33}, core + 0x1f4, core + 40'000, esp + loader + 5000,
          drive.geometry().size_bytes() - 512 + 20, drive.geometry().size_bytes() - 33 * 512 + 3,
          layout.partitions[2].range.first * 512 + 1024 + 0x68}) {
      CAPTURE(offset);
      drive.flip(offset);

      const Result<BootReport> report = check_boot(drive, *master.image);

      CHECK_FALSE(report.ok());
      if (!report.ok()) CHECK(report.error().stop == Stop::BootUnfit);
      drive.flip(offset);
    }
    CHECK(check_boot(drive, *master.image).ok());
  }

  TEST_CASE("a chunk that is not what the manifest says is handed to nobody") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder);
    const std::vector<ImageChunk>& chunks = master.image->manifest().partitions[2].chunks;
    const ImageChunk& chunk =
        *std::find_if(chunks.begin(), chunks.end(), [](const ImageChunk& each) { return !each.zero; });
    master.folder->files["sda3.ext4-ptcl-img.zst"][static_cast<std::size_t>(chunk.offset) + chunk.length / 2] ^=
        std::byte{1};
    SparseDrive drive(drive_of(400'000'000));
    Deployment deployment(master, drive, true);
    deployment.request().name = kImageContent;
    const auto content = deployment.contents().make(deployment.request()).value();

    unsigned refused = 0;
    for (std::uint64_t index = 0; index < content->chunk_count(); ++index) {
      Bytes bytes(static_cast<std::size_t>(block_count(content->chunk(index))) * 512);
      const Result<void> filled = content->fill(index, bytes);
      if (filled.ok()) continue;
      CHECK(filled.error().stop == Stop::ImageDamaged);
      ++refused;
    }

    CHECK(refused == 1);
  }

  TEST_CASE("a flipped byte on the drive is found without the image") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder);
    SparseDrive drive(drive_of(400'000'000), kNoise);
    Deployment deployment(master, drive, false);
    deployment.image();
    const auto content = deployment.contents().make(deployment.request()).value();
    master.folder->files.clear();
    REQUIRE(deployment.compare(content));

    drive.flip(content->chunk(content->chunk_count() / 2)[0].first * 512 + 77);

    CHECK_FALSE(deployment.compare(content));
  }

  TEST_CASE("an unbooted drive has no table at either end") {
    if (!no_master().empty()) return skip(no_master());
    const TemporaryFolder folder;
    const Master master = make_master(folder);
    SparseDrive drive(drive_of(400'000'000));
    Deployment deployment(master, drive, true);
    deployment.image();
    deployment.finish();
    REQUIRE(read_layout(drive).ok());

    const auto overlay = std::make_shared<const Overlay>(deployment.overlay(kUnbootOverlay));
    deployment.write(overlay_content("unboot", overlay, OverlayPart::Whole));

    CHECK_FALSE(read_layout(drive).ok());
    drive.save(folder.path() / "drive");
    CHECK(folder.run("blkid -p drive").output.empty());
  }
}

}  // namespace
}  // namespace relance
