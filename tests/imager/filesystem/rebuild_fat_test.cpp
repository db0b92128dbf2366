// A FAT rebuilt for sectors of 4096 bytes, judged by fsck.fat and mtools.
#include "imager/filesystem/rebuild_fat.h"

#include <doctest/doctest.h>

#include "tests/support/memory_bytes.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"

namespace relance {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint32_t kSector = 4096;

std::string no_tools() {
  for (const char* program : {"mkfs.fat", "fsck.fat", "mcopy", "mmd", "mdel", "mattrib"})
    if (!has_program(program)) return std::string("the program ") + program + " is not installed";
  return "";
}

// A volume as installers leave it, and worse: long names, an empty file, deleted ones, a file in two pieces, a read-only one.
MemoryBytes filled(const TemporaryFolder& folder, const std::string& mkfs, std::uint64_t size_bytes) {
  const auto made = folder.run(
      "rm -f old && truncate -s " + std::to_string(size_bytes) + " old && mkfs.fat -S 512 -i 1234abcd -n 'MON ESP' " +
      mkfs +
      " old && mmd -i old ::EFI ::EFI/BOOT ::EFI/ubuntu ::'un dossier au nom long' && "
      "head -c 300001 /dev/urandom >big && head -c 700 /dev/urandom >small && : >empty && "
      "mcopy -i old small ::first && mcopy -i old small ::second && mcopy -i old small ::third && "
      "mdel -i old ::first ::third && mcopy -i old big ::EFI/BOOT/BOOTX64.EFI && "
      "mcopy -i old big ::EFI/ubuntu/shimx64.efi && mcopy -i old empty ::'un fichier vide, sans rien.txt' && "
      "mcopy -i old small ::'un dossier au nom long/Été.conf' && mattrib -i old +r ::second && "
      "for i in $(seq 1 40); do mcopy -i old small ::\"EFI/ubuntu/un nom assez long $i.cfg\" || exit 1; done");
  REQUIRE_MESSAGE(made.exit_code == 0, made.output);
  return MemoryBytes(folder.read("old"));
}

Bytes all_of(const RebuiltFat& fat, ByteReader& source, std::uint64_t size_bytes, std::size_t piece) {
  Bytes bytes(static_cast<std::size_t>(size_bytes));
  const std::size_t used = static_cast<std::size_t>(fat.used_bytes());
  REQUIRE(used <= bytes.size());
  for (std::size_t at = 0; at < used; at += piece)
    REQUIRE(fat.read(source, at, std::span(bytes).subspan(at, std::min(piece, used - at))).ok());
  return bytes;
}

struct Volume {
  const char* mkfs;
  std::uint64_t size_bytes;
  std::uint64_t target_bytes;
  unsigned bits;  // Of the target.
};

TEST_SUITE("a rebuilt FAT") {
  TEST_CASE("has the same files, names, dates and attributes, and no fault, whatever kinds the two are") {
    if (!no_tools().empty()) return skip(no_tools());
    const TemporaryFolder folder;
    for (const Volume& volume :
         {Volume{"-F 32 -s 1", 40 * kMiB, 40 * kMiB, 16}, Volume{"-F 32", 512 * kMiB, 512 * kMiB, 32},
          Volume{"-F 16", 100 * kMiB, 300 * kMiB, 32}, Volume{"-F 12 -s 2", 3 * kMiB, 3 * kMiB, 12},
          Volume{"-F 16", 16 * kMiB, 15 * kMiB + 5 * kSector, 12}}) {
      CAPTURE(volume.mkfs);
      CAPTURE(volume.size_bytes);
      MemoryBytes source = filled(folder, volume.mkfs, volume.size_bytes);

      const Result<RebuiltFat> planned = RebuiltFat::plan(source, volume.target_bytes, kSector);

      REQUIRE_MESSAGE(planned.ok(), planned.error().detail);
      const Bytes target = all_of(planned.value(), source, volume.target_bytes, 12345);
      CHECK((target == all_of(RebuiltFat::plan(source, volume.target_bytes, kSector).value(), source,
                              volume.target_bytes, 4 * kMiB)));
      folder.write("new", target);
      const auto checked = folder.run("fsck.fat -n -v new");
      CHECK_MESSAGE(checked.exit_code == 0, checked.output);
      CHECK(checked.output.find("4096 bytes per logical sector") != std::string::npos);
      MemoryBytes bytes(target);
      CHECK(FatVolume::open(bytes).value().layout().bits == volume.bits);
      const auto compared = folder.run(
          "rm -rf a b && mkdir a b && mcopy -s -n -m -i old '::*' a && mcopy -s -n -m -i new '::*' b && diff -r a b && "
          "for i in a b; do (cd $i && find . -type f -printf '%p %s %t\n' | sort >../$i.list); done && diff a.list "
          "b.list");
      CHECK_MESSAGE(compared.output.empty(), compared.output);
      CHECK(folder.run("test $(find b -type f | wc -l) = 45").exit_code == 0);
      CHECK(folder.run("mattrib -i new ::second").output.find("R") != std::string::npos);
      CHECK(folder.run("blkid -p -o value -s UUID new").output == "1234-ABCD\n");
      CHECK(folder.run("blkid -p -o value -s LABEL new").output == "MON ESP\n");
      CHECK(folder.run("mcopy -i new big ::another && fsck.fat -n new").exit_code == 0);
    }
  }

  TEST_CASE("what does not fit, or is broken, is refused") {
    if (!no_tools().empty()) return skip(no_tools());
    const TemporaryFolder folder;
    MemoryBytes source = filled(folder, "-F 32 -s 1", 40 * kMiB);
    const auto refusal = [&](std::uint64_t size) { return RebuiltFat::plan(source, size, kSector).error(); };

    CHECK(refusal(512 * 1024).code == Errc::Refused);
    CHECK(refusal(512 * 1024).stop == Stop::ImageUnsuited);
    CHECK(refusal(3 * kSector).stop == Stop::ImageUnsuited);

    FatVolume volume = FatVolume::open(source).value();
    const std::uint32_t loader = volume.find("EFI/BOOT/BOOTX64.EFI").value()->cluster;
    const auto put_next = [&](std::uint32_t cluster, std::uint32_t next) {
      const Fat& fat = volume.layout();
      const std::size_t at = static_cast<std::size_t>(fat.fat_start * fat.sector_bytes) + std::size_t{cluster} * 4;
      store_le<std::uint32_t>(std::span(source.bytes).subspan(at), next);
    };
    const std::uint32_t next = volume.next_of(loader + 5).value();
    put_next(loader + 5, loader);  // Bites its tail.
    CHECK(refusal(40 * kMiB).code == Errc::Corrupt);
    put_next(loader + 5, 0x0fffffff);  // Ends before its size.
    CHECK(refusal(40 * kMiB).code == Errc::Corrupt);
    put_next(loader + 5, volume.find("EFI/ubuntu/shimx64.efi").value()->cluster);  // Goes on in another's.
    CHECK(refusal(40 * kMiB).code == Errc::Corrupt);
    put_next(loader + 5, next);
    CHECK(RebuiltFat::plan(source, 40 * kMiB, kSector).ok());
  }
}

}  // namespace
}  // namespace relance
