// A master made fit for others, judged by debugfs and e2fsck, which are somebody else's code.
#include <doctest/doctest.h>

#include "imager/capture/prepare_master.h"
#include "imager/filesystem/survey.h"
#include "tests/support/memory_drive.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"

namespace relance {
namespace {

constexpr const char* kNeeds = "needs mke2fs, debugfs, e2fsck and mkswap";
bool has_tools() { return has_program("mke2fs") && has_program("debugfs") && has_program("mkswap"); }

// An installed PC as somebody has used it: root on partition 2, named by the table.
constexpr const char* kFiles = R"(
mkdir -p d/etc/ssh d/etc/NetworkManager/system-connections d/var/log/journal/abc d/var/lib/systemd d/root/.ssh \
  d/home/jeanne/Documents d/home/accueil/.mozilla d/boot/grub d/etc/default d/var/lib/dbus &&
printf '# / was on /dev/sda2\nPARTUUID=22222222-2222-3333-4444-000000000002 / ext4 defaults 0 1\n/swap.img none swap sw 0 0\n' >d/etc/fstab &&
printf 'linux /vmlinuz root=/dev/sda2 resume=/dev/sda2 resume_offset=4711 quiet\n' >d/boot/grub/grub.cfg &&
printf '0123456789abcdef\n' >d/etc/machine-id && echo SECRET-KEY >d/etc/ssh/ssh_host_ed25519_key && echo x >d/etc/ssh/sshd_config &&
echo 'psk=SECRET-WIFI' >d/etc/NetworkManager/system-connections/BOX-DE-JEANNE.nmconnection &&
echo SECRET-LOG >d/var/log/syslog && echo SECRET-JOURNAL >d/var/log/journal/abc/system.journal &&
echo SECRET-SEED >d/var/lib/systemd/random-seed && echo SECRET-ROOT >d/root/.ssh/id && echo SECRET-HISTORY >d/root/.bash_history &&
echo SECRET-LETTER >d/home/jeanne/Documents/lettre && echo SECRET-BROWSER >d/home/accueil/.mozilla/logins && echo fond >d/home/accueil/fond &&
printf 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/false\njeanne:x:1000:1000::/home/jeanne:/bin/bash\naccueil:x:1001:1001::/home/accueil:/bin/bash\n' >d/etc/passwd &&
printf 'root:$y$SECRET-HASH:1::::::\ndaemon:*:1::::::\njeanne:$y$SECRET-HASH:1::::::\naccueil:$y$keep:1::::::\n' >d/etc/shadow && chmod 640 d/etc/shadow &&
printf 'sudo:x:27:jeanne,accueil\njeanne:x:1000:\naccueil:x:1001:\n' >d/etc/group &&
for i in $(seq 200); do printf 'SECRET-SWAP %050d' $i; done >s && truncate -s 3M s && mkswap s >/dev/null 2>&1; cp s d/swap.img &&
for i in $(seq 60); do printf 'SECRET-SWAP %06d' $i | dd of=d/swap.img bs=1 seek=$((i * 45000 + 9000)) conv=notrunc status=none; done)";

struct Master {
  explicit Master(const std::string& mke2fs = "-t ext4 -b 4096") {
    const auto made = folder.run(std::string(kFiles) + " && truncate -s 24M root && mke2fs -q -F " + mke2fs +
                                 " -U 01234567-89ab-cdef-0123-456789abcdef -d d root");
    CAPTURE(made.output);
    REQUIRE(made.exit_code == 0);
    const Bytes root = folder.read("root");
    std::copy(root.begin(), root.end(), drive.platter.begin() + (1 << 20));
  }

  // The root as it will be captured: what the file system does not use is nothing, what is captured as zeros is zeros.
  Bytes captured(ChangedDrive& changed, const PreparedMaster& prepared) {
    PartitionBytes bytes(changed, place.range);
    const FileSystemSurvey system = survey(bytes).value();
    ExtentSet zeros = system.zeros;
    if (prepared.zeros.contains(2)) zeros.add(prepared.zeros.at(2));
    Bytes root(static_cast<std::size_t>(bytes.size_bytes()));
    const ExtentSet read = without(system.used, zeros);
    for (const LbaRange range : read.ranges())
      REQUIRE(bytes
                  .read(range.first * system.block_bytes,
                        std::span(root).subspan(static_cast<std::size_t>(range.first * system.block_bytes),
                                                static_cast<std::size_t>(range.count * system.block_bytes)))
                  .ok());
    return root;
  }

  TemporaryFolder folder;
  LayoutPartition place{.number = 2,
                        .range = {2048, 24 * 2048},
                        .type = std::string(kTypeLinux),
                        .name = "racine",
                        .guid = "22222222-2222-3333-4444-000000000002"};
  Layout layout{TableKind::Gpt, "11111111-2222-3333-4444-555555555555", {place}};
  MemoryDrive drive{{.block_count = 32 * 2048, .logical_bytes = 512, .physical_bytes = 512}};
};

bool holds(const Bytes& bytes, std::string_view word) { return as_text(bytes).find(word) != std::string_view::npos; }

std::vector<std::string> paths_of(const std::vector<Removed>& removed) {
  std::vector<std::string> paths;
  for (const Removed& each : removed) paths.push_back(each.path);
  return paths;
}

TEST_SUITE("a master is prepared") {
  TEST_CASE(
      "generalised: nothing personal is in what is captured, what was removed is named, the master is as it was") {
    if (!has_tools()) return skip(kNeeds);
    for (const char* options : {"-t ext4 -b 4096", "-t ext4 -b 1024 -O ^metadata_csum,^64bit"}) {
      CAPTURE(options);
      Master master(options);
      const Bytes before = master.drive.platter;
      REQUIRE(holds(before, "SECRET-WIFI"));
      ChangedDrive changed(master.drive);

      const Result<PreparedMaster> prepared = prepare_master(changed, master.layout, GeneraliseWish{{"accueil"}});

      REQUIRE_MESSAGE(prepared.ok(), prepared.error().detail);
      CHECK(master.drive.platter == before);
      const Bytes root = master.captured(changed, prepared.value());
      for (const char* word : {"SECRET-", "BOX-DE-JEANNE", "jeanne", "0123456789abcdef\n"}) {
        CAPTURE(word);
        CHECK_FALSE(holds(root, word));
      }
      const std::vector<std::string> paths = paths_of(prepared.value().removed);
      for (const char* path :
           {"/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key", "/swap.img", "/home/jeanne", "/var/log/syslog",
            "/etc/NetworkManager/system-connections/BOX-DE-JEANNE.nmconnection", "/root/.bash_history",
            "/home/accueil/.mozilla", "/etc/fstab", "/etc/passwd", "/etc/shadow"}) {
        CAPTURE(path);
        CHECK(std::find(paths.begin(), paths.end(), path) != paths.end());
      }

      master.folder.write("after", root);
      const auto checked = master.folder.run("e2fsck -f -n after");
      CAPTURE(checked.output);
      CHECK(checked.exit_code == 0);
      const auto cat = [&](const std::string& path) {
        return master.folder.run("debugfs -R 'cat " + path + "' after 2>/dev/null").output;
      };
      CHECK(cat("/etc/fstab").find("\nUUID=01234567-89ab-cdef-0123-456789abcdef / ext4") != std::string::npos);
      CHECK(cat("/boot/grub/grub.cfg") == "linux /vmlinuz root=UUID=01234567-89ab-cdef-0123-456789abcdef quiet\n");
      CHECK(cat("/etc/machine-id").empty());
      CHECK(cat("/etc/shadow") == "root:*:1::::::\ndaemon:*:1::::::\naccueil:$y$keep:1::::::\n");
      CHECK(cat("/etc/group") == "sudo:x:27:accueil\naccueil:x:1001:\n");
      CHECK(cat("/home/accueil/fond") == "fond\n");
      CHECK(cat("/etc/systemd/system/ssh.service.d/relance-host-keys.conf").find("ssh-keygen -A") != std::string::npos);
      CHECK(master.folder.run("debugfs -R 'stat /etc/shadow' after 2>/dev/null").output.find("Mode:  0640") !=
            std::string::npos);
      const auto swap = master.folder.run(
          "debugfs -R 'dump /swap.img swap' after 2>/dev/null; blkid -p -s TYPE -o value swap; stat -c %s swap");
      CHECK(swap.output == "swap\n3145728\n");
    }
  }

  TEST_CASE("without the wish personal files stay, but memory and table names do not") {
    if (!has_tools()) return skip(kNeeds);
    Master master;
    ChangedDrive changed(master.drive);
    const PreparedMaster prepared = prepare_master(changed, master.layout, std::nullopt).value();
    const Bytes root = master.captured(changed, prepared);
    CHECK(holds(root, "SECRET-WIFI"));
    CHECK_FALSE(holds(root, "SECRET-SWAP"));
    CHECK_FALSE(holds(root, "PARTUUID=2222"));
  }

  TEST_CASE("a name that is none of this drive's is refused with its line") {
    if (!has_tools()) return skip(kNeeds);
    Master master;
    master.layout.partitions[0].guid = "99999999-2222-3333-4444-000000000002";
    ChangedDrive changed(master.drive);
    const Result<PreparedMaster> prepared = prepare_master(changed, master.layout, std::nullopt);
    REQUIRE_FALSE(prepared.ok());
    CHECK(prepared.error().stop == Stop::MasterUnfit);
    CHECK(prepared.error().detail.starts_with("/etc/fstab: line 2: PARTUUID=22222222"));
  }
}

}  // namespace
}  // namespace relance
