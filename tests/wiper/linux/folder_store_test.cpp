#include "wiper/linux/folder_store.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/loop_device.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"

namespace relance {
namespace {

// A small file system of its own, as a stick has one.
class MountedStick {
 public:
  MountedStick(const std::string& make_it, unsigned mebibytes, const std::string& options = "rw")
      : loop_(prepare(make_it, mebibytes), "stick.img") {
    const auto mounted = folder_.run("mkdir mnt && mount -o " + options + " " + loop_.path() + " mnt");
    require(mounted.exit_code == 0, ("mount: " + mounted.output).c_str());
  }
  ~MountedStick() { (void)folder_.run("umount --lazy mnt"); }  // Lazy: the store under test may still hold its folder.

  std::string root() const { return folder_.path() / "mnt"; }
  TemporaryFolder::Outcome run(const std::string& command) const { return folder_.run(command); }

 private:
  const TemporaryFolder& prepare(const std::string& make_it, unsigned mebibytes) {
    const auto made =
        folder_.run("truncate -s " + std::to_string(mebibytes) + "M stick.img && " + make_it + " stick.img");
    require(made.exit_code == 0, ("stick: " + made.output).c_str());
    return folder_;
  }
  TemporaryFolder folder_;
  LoopDevice loop_;
};

TEST_SUITE("a folder as the stick") {
  TEST_CASE("a folder that is not there is a missing stick") {
    const auto store = FolderStore::open("/nowhere/at/all");
    REQUIRE(!store.ok());
    CHECK(store.error().stop == Stop::StickMissing);
  }

  TEST_CASE("a stick that was pulled out is found again at its place; another one there is not taken for it") {
    const TemporaryFolder folder;
    const auto plug_in = [&](const std::string& marker) {
      return folder.run("rm -rf stick && mkdir -p stick && printf 'Relance " + marker + "' >stick/RELANCE.ID")
          .exit_code;
    };
    REQUIRE(plug_in("0a0b0c0d") == 0);
    const auto store = FolderStore::open(folder.path() / "stick").value();
    REQUIRE(store->append("JOURNAL/a.txt", as_bytes("one\n")).ok());

    REQUIRE(folder.run("rm -rf stick").exit_code == 0);
    CHECK(store->append("JOURNAL/a.txt", as_bytes("two\n")).error().stop == Stop::StickGone);
    CHECK(store->try_out().error().stop == Stop::StickGone);
    REQUIRE(plug_in("99999999") == 0);
    CHECK(store->append("JOURNAL/a.txt", as_bytes("two\n")).error().stop == Stop::StickGone);
    CHECK(folder.run("ls stick").output == "RELANCE.ID\n");
    REQUIRE(plug_in("0a0b0c0d") == 0);  // A copy of the stick: it does not hold what was written since.
    CHECK(store->append("JOURNAL/a.txt", as_bytes("two\n")).error().stop == Stop::StickGone);
    REQUIRE(folder.run("mkdir stick/JOURNAL && echo one >stick/JOURNAL/a.txt").exit_code == 0);

    CHECK(store->append("JOURNAL/a.txt", as_bytes("two\n")).ok());
    CHECK(folder.run("cat stick/JOURNAL/a.txt").output == "one\ntwo\n");
  }

  TEST_CASE("a full stick says so, and what was on it is still whole") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const MountedStick stick("mkfs.ext4 -q -O ^has_journal", 1);
    const auto store = FolderStore::open(stick.root()).value();
    REQUIRE(store->append("JOURNAL/a.txt", as_bytes("one\n")).ok());
    const Bytes too_much(2u << 20, std::byte{1});

    const Result<void> appended = store->append("JOURNAL/a.txt", too_much);
    const Result<void> published = store->publish("CERTIFICATS/x.json", too_much);

    REQUIRE(!appended.ok());
    REQUIRE(!published.ok());
    CHECK(appended.error().stop == Stop::StickFull);
    CHECK(published.error().stop == Stop::StickFull);
    CHECK(as_text(store->read("JOURNAL/a.txt").value()) == "one\n");
    CHECK(store->list("CERTIFICATS").value().empty());
    CHECK(store->publish("CERTIFICATS/x.json", as_bytes("{}")).ok());
  }

  TEST_CASE("a write-protected stick says so") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const MountedStick stick("mkfs.ext4 -q -O ^has_journal", 1, "ro");
    const auto store = FolderStore::open(stick.root()).value();

    const Result<void> tried = store->try_out();

    REQUIRE(!tried.ok());
    CHECK(tried.error().stop == Stop::StickReadOnly);
  }

  TEST_CASE("a stick that was taken away is gone, and nothing lands in the empty mount point") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    REQUIRE(folder.run("mkdir stick").exit_code == 0);
    const auto store = FolderStore::open(folder.path() / "stick").value();
    REQUIRE(folder.run("rmdir stick && mkdir stick").exit_code == 0);

    const Result<void> appended = store->append("JOURNAL/a.txt", as_bytes("x"));

    REQUIRE(!appended.ok());
    CHECK(appended.error().stop == Stop::StickGone);
    CHECK(std::filesystem::is_empty(folder.path() / "stick"));
  }

  TEST_CASE("a leftover of a power cut is not listed and is written over") {
    const TemporaryFolder folder;
    const auto store = FolderStore::open(folder.path()).value();
    REQUIRE(folder.run("mkdir CERTIFICATS && echo torn > CERTIFICATS/x.json.part").exit_code == 0);

    CHECK(store->list("CERTIFICATS").value().empty());
    CHECK(store->publish("CERTIFICATS/x.json", as_bytes("whole")).ok());
    CHECK(as_text(folder.read("CERTIFICATS/x.json")) == "whole");
  }

  TEST_CASE("a FIFO or a link in the stick's place is no file") {
    const TemporaryFolder folder;
    const auto store = FolderStore::open(folder.path()).value();
    REQUIRE(folder.run("mkfifo pipe && ln -s /etc/hostname link").exit_code == 0);

    CHECK(!store->read("pipe").ok());
    CHECK(!store->read("link").ok());
    CHECK(!store->append("link", as_bytes("x")).ok());
  }

  TEST_CASE("FAT takes records like any other folder") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    if (std::system("grep -qw vfat /proc/filesystems || modprobe -q vfat 2>/dev/null") != 0)
      return skip("this kernel has no vfat");
    const MountedStick stick("mkfs.vfat", 4);
    const auto store = FolderStore::open(stick.root()).value();

    REQUIRE(store->try_out().ok());
    REQUIRE(store->publish("CERTIFICATS/2026-11/DEF-04217-8_SN1_EFFACE.json", as_bytes("{}")).ok());
    const Result<void> again = store->publish("CERTIFICATS/2026-11/DEF-04217-8_SN1_EFFACE.json", as_bytes("{1}"));

    REQUIRE(!again.ok());
    CHECK(again.error().stop == Stop::RecordTaken);
    CHECK(as_text(store->read("CERTIFICATS/2026-11/DEF-04217-8_SN1_EFFACE.json").value()) == "{}");
  }
}

}  // namespace
}  // namespace relance
