// File systems by mke2fs, made to fit another size by us, judged by e2fsck and debugfs.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "imager/filesystem/refit_ext4.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/crypto/keyed_stream.h"
#include "wiper/linux/tools.h"

namespace relance {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// A partition in a sparse file.
class FilePartition : public ByteReader {
 public:
  explicit FilePartition(const std::filesystem::path& path) : descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    require(descriptor_ >= 0, "the test's partition does not open");
  }
  ~FilePartition() override { ::close(descriptor_); }
  std::uint64_t size_bytes() const override { return static_cast<std::uint64_t>(::lseek(descriptor_, 0, SEEK_END)); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override {
    if (!lies_inside(offset, bytes.size(), size_bytes())) return Error{Errc::Invalid, Stop::Internal, "outside"};
    bytes_read += bytes.size();
    require(::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
                static_cast<ssize_t>(bytes.size()),
            "the test's partition is not read");
    return {};
  }
  void write(std::uint64_t offset, std::span<const std::byte> bytes) {
    require(::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
                static_cast<ssize_t>(bytes.size()),
            "the test's partition is not written");
  }
  std::uint64_t bytes_read = 0;

 private:
  int descriptor_;
};

// A tree with what an installed system has: small files, a large one, many names in one folder, links of both kinds.
void make_tree(const TemporaryFolder& folder) {
  const auto made = folder.run(
      "mkdir -p tree/etc tree/usr/share/doc tree/var/many tree/home && printf 'master\\n' > tree/etc/hostname && "
      "printf '0123456789abcdef0123456789abcdef\\n' > tree/etc/machine-id && printf '127.0.1.1 master\\n' > "
      "tree/etc/hosts && "
      "head -c 3000000 /dev/urandom > tree/usr/share/large && for i in $(seq 1 400); do echo $i > "
      "tree/var/many/a-rather-long-name-$i; done && "
      "ln tree/usr/share/large tree/home/second-name && ln -s ../usr/share/large tree/home/short && "
      "ln -s $(printf 'x%.0s' $(seq 1 200)) tree/home/long && mkfifo tree/home/pipe");
  require(made.exit_code == 0, made.output.c_str());
}

struct Case {
  std::string options;  // Of mke2fs.
  std::uint64_t old_bytes;
  std::uint64_t new_bytes;
};

std::vector<FileWish> wishes() {
  const auto bytes = [](std::string_view text) { return Bytes(as_bytes(text).begin(), as_bytes(text).end()); };
  return {{"etc/hostname", bytes("def-04217\n")},
          {"etc/machine-id", {}, 0444},
          {"usr/share/relance/effacement.json", Bytes(9000, std::byte{'j'})}};
}

RefitRequest request_for(const Case& each, bool zero_space) {
  RefitRequest request{.size_bytes = each.new_bytes, .files = wishes(), .zeros = {}};
  if (zero_space && each.new_bytes > each.old_bytes)
    request.zeros.add(range_between(each.old_bytes / kZeroUnit, each.new_bytes / kZeroUnit));
  return request;
}

void apply(const TemporaryFolder& folder, const ChangedBlocks& changes, const Case& each) {
  FilePartition partition(folder.path() / "part");
  for (const auto& [offset, bytes] : changes) {
    CHECK(offset + bytes.size() <= each.new_bytes);
    partition.write(offset, bytes);
  }
  std::filesystem::resize_file(folder.path() / "part", each.new_bytes);
}

// Every file as debugfs reads it. (It reads no fifos, and of inline data only what it feels like; so both sides are its.)
void dump_files(const TemporaryFolder& folder, const std::string& where) {
  const auto dumped =
      folder.run("rm -rf " + where + " && mkdir " + where + " && debugfs -R 'rdump / " + where + "' part");
  REQUIRE_MESSAGE(dumped.exit_code == 0, dumped.output);
}

void check_result(const TemporaryFolder& folder) {
  const auto checked = folder.run("e2fsck -f -n part");
  CHECK_MESSAGE(checked.exit_code == 0, checked.output);
  dump_files(folder, "after");
  const auto differences = folder.run("diff --no-dereference -rq before after | sort | head -n 9");
  CHECK(differences.output ==
        "Files before/etc/hostname and after/etc/hostname differ\n"
        "Files before/etc/machine-id and after/etc/machine-id differ\n"
        "Only in after/usr/share: relance\n");
  CHECK(folder.run("cat after/etc/hostname").output == "def-04217\n");
  CHECK(folder.run("stat -c %s:%a after/etc/machine-id after/usr/share/relance/effacement.json").output ==
        "0:444\n9000:644\n");
}

void put_noise(FilePartition& partition, std::uint64_t from, std::uint64_t to) {
  const KeyedStream noise(Cipher::Aes256Ctr, StreamKey{std::byte{1}});
  Bytes piece(kMiB);
  for (; from < to; from += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kMiB, to - from)));
    noise.fill(from, piece);
    partition.write(from, piece);
  }
}

// Makes the file system, gives the partition its new size, and fills what no file uses with the donor's bytes if asked.
void make_partition(const TemporaryFolder& folder, const Case& each, bool dirty_space) {
  const auto made = folder.run("mke2fs -q -F -t ext4 -L racine -U 11112222-3333-4444-8555-666677778888 " +
                               each.options + " -d tree part " + std::to_string(each.old_bytes / 1024) + "k");
  REQUIRE_MESSAGE(made.exit_code == 0, made.output);
  dump_files(folder, "before");
  std::filesystem::resize_file(folder.path() / "part", std::max(each.old_bytes, each.new_bytes));
  if (!dirty_space) return;
  const std::string free =
      folder.run("dumpe2fs part 2>/dev/null | sed -n 's/^  Free blocks: //p' | tr -d ' ' | tr ',' '\\n' | grep .")
          .output;
  const std::uint64_t block =
      std::stoull(folder.run("dumpe2fs -h part 2>/dev/null | sed -n 's/^Block size: *//p'").output.substr(0, 8));
  FilePartition partition(folder.path() / "part");
  std::istringstream lines(free);
  for (std::string line; std::getline(lines, line);) {
    if (!std::isdigit(static_cast<unsigned char>(line[0]))) continue;  // dumpe2fs's banner.
    const std::uint64_t first = std::stoull(line);
    const std::size_t dash = line.find('-');
    const std::uint64_t last = dash == std::string::npos ? first : std::stoull(line.substr(dash + 1));
    put_noise(partition, first * block, (last + 1) * block);
  }
  put_noise(partition, each.old_bytes, each.new_bytes);
}

const Case kCases[] = {
    {"-b 4096", 200 * kMiB, 30'000 * kMiB},
    {"-b 1024", 60 * kMiB, 300 * kMiB + 4096},
    {"-b 2048 -O ^has_journal", 60 * kMiB, 300 * kMiB},
    {"-b 4096 -I 128 -O ^64bit,^metadata_csum,uninit_bg", 60 * kMiB, 2000 * kMiB},
    {"-b 4096 -O ^flex_bg,quota", 150 * kMiB, 400 * kMiB},
    {"-b 4096 -E lazy_itable_init=0", 400 * kMiB, 150 * kMiB},
    {"-b 1024 -O inline_data", 200 * kMiB, 64 * kMiB},
    {"-b 4096", 100 * kMiB, 100 * kMiB},
    {"-b 4096 -O ^64bit,^extent,^huge_file,^dir_nlink", 60 * kMiB, 1500 * kMiB},
};
constexpr std::uint64_t kMostNoise = 400 * kMiB;  // It costs what it weighs.

ChangedBlocks refit(const TemporaryFolder& folder, const Case& each, bool zero_space) {
  LinuxTools tools;
  FilePartition held(folder.path() / "part");
  Result<ChangedBlocks> changes = refit_ext4(tools, held, request_for(each, zero_space));
  REQUIRE_MESSAGE(changes.ok(), changes.error().detail);
  return std::move(changes).value();
}

// As dumpe2fs names it.
struct InodeTable {
  LbaRange bytes;
  bool counts_as_cleared = false;
};

// One a group, in the order of the groups.
std::vector<InodeTable> inode_tables(const TemporaryFolder& folder) {
  const std::string block = folder.run("dumpe2fs -h part 2>/dev/null | sed -n 's/^Block size: *//p'").output;
  std::istringstream lines(
      folder
          .run("dumpe2fs part 2>/dev/null | sed -n 's/^Group [0-9]*: .*ITABLE_ZEROED.*/1/p; t; "
               "s/^Group [0-9]*: .*/0/p; s/^ *Inode table at \\([0-9]*\\)-\\([0-9]*\\).*/\\1 \\2/p'")
          .output);
  std::vector<InodeTable> tables;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  for (bool flag = false; lines >> flag >> first >> last;)
    tables.push_back({range_between(first * std::stoull(block), (last + 1) * std::stoull(block)), flag});
  return tables;
}

bool is_zero(FilePartition& partition, LbaRange range) {
  Bytes bytes(static_cast<std::size_t>(range.count));
  require(partition.read(range.first, bytes).ok(), "the test's partition is not read");
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

TEST_SUITE("ext4 refit") {
  TEST_CASE("grown, cut or left as it is, e2fsck finds it clean and every other file is as it was") {
    if (!has_program("mke2fs") || !has_program("debugfs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    for (const Case& each : kCases) {
      CAPTURE(each.options);
      CAPTURE(each.new_bytes);
      make_partition(folder, each, false);

      const ChangedBlocks changes = refit(folder, each, true);

      apply(folder, changes, each);
      check_result(folder);
    }
  }

  TEST_CASE("the same holds where what no file uses is not zero") {
    if (!has_program("mke2fs") || !has_program("e2image")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    for (const Case& each : kCases) {
      if (each.new_bytes > kMostNoise) continue;
      CAPTURE(each.options);
      CAPTURE(each.new_bytes);
      make_partition(folder, each, true);

      const ChangedBlocks changes = refit(folder, each, false);

      apply(folder, changes, each);
      check_result(folder);
    }
  }

  TEST_CASE("the same bytes and wishes give the same changes") {
    if (!has_program("mke2fs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    make_partition(folder, kCases[0], false);

    const ChangedBlocks once = refit(folder, kCases[0], true);
    (void)folder.run("sleep 1.1");  // A clock that leaked in would show.
    const ChangedBlocks again = refit(folder, kCases[0], true);

    CHECK((once == again));
  }

  TEST_CASE("new inode tables count as cleared only where zeros are proven, the master's own stay as they were") {
    if (!has_program("dumpe2fs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    const Case each{"-b 1024", 60 * kMiB, 300 * kMiB};  // Groups of 8 MiB: 8 become 38.
    const LbaRange proven = range_between(each.old_bytes, 200 * kMiB);

    for (const LbaRange zeros : {LbaRange{}, proven}) {
      CAPTURE(zeros);
      make_partition(folder, each, true);
      if (!zeros.empty()) FilePartition(folder.path() / "part").write(zeros.first, Bytes(zeros.count));
      const std::vector<InodeTable> before = inode_tables(folder);
      LinuxTools tools;
      FilePartition held(folder.path() / "part");
      RefitRequest request = request_for(each, false);
      if (!zeros.empty()) request.zeros.add({zeros.first / kZeroUnit, zeros.count / kZeroUnit});

      apply(folder, refit_ext4(tools, held, request).value(), each);

      const std::vector<InodeTable> after = inode_tables(folder);
      REQUIRE(after.size() > before.size());
      std::size_t cleared = 0;
      for (std::size_t group = 0; group < after.size(); ++group) {
        CAPTURE(group);
        const LbaRange bytes = after[group].bytes;
        if (group < before.size()) {
          CHECK(after[group].counts_as_cleared == before[group].counts_as_cleared);
        } else {
          cleared += after[group].counts_as_cleared ? 1 : 0;
          CHECK(after[group].counts_as_cleared == zeros.covers(bytes));
          CHECK(after[group].counts_as_cleared == is_zero(held, bytes));
        }
      }
      CHECK((cleared > 0) == !zeros.empty());
      CHECK_FALSE(is_zero(held, after.back().bytes));  // The donor's bytes are there to be found.
    }
  }

  TEST_CASE("little is read and little changes, however much the files hold") {
    if (!has_program("mke2fs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    REQUIRE(folder.run("head -c 100000000 /dev/zero | tr '\\0' 'x' > tree/usr/share/huge").exit_code == 0);
    const Case each{"-b 4096", 300 * kMiB, 240'000 * kMiB};
    make_partition(folder, each, false);
    LinuxTools tools;
    FilePartition held(folder.path() / "part");

    const Result<ChangedBlocks> changes = refit_ext4(tools, held, request_for(each, true));

    REQUIRE_MESSAGE(changes.ok(), changes.error().detail);
    CHECK(held.bytes_read < 16 * kMiB);
    CHECK(changes.value().size() * 4096 < 4 * kMiB);
    MESSAGE("300 MiB to 240 GB: " << held.bytes_read / 1024 << " KiB read, " << changes.value().size() * 4
                                  << " KiB to write");
  }

  TEST_CASE("a file system that cannot be grown to the end grows as far as it can") {
    if (!has_program("mke2fs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    const Case each{"-b 1024 -O ^resize_inode", 60 * kMiB, 3000 * kMiB};
    make_partition(folder, each, false);

    const ChangedBlocks changes = refit(folder, each, true);

    apply(folder, changes, each);
    check_result(folder);
  }

  TEST_CASE("a damaged directory is no reason to lose a file: nothing is changed") {
    if (!has_program("mke2fs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    const Case each{"-b 4096 -O ^metadata_csum", 100 * kMiB, 200 * kMiB};
    make_partition(folder, each, false);
    const auto block = folder.run("debugfs -R 'bmap /home 0' part 2>/dev/null").output;
    FilePartition partition(folder.path() / "part");
    partition.write(std::stoull(block) * 4096 + 30, Bytes(200, std::byte{0xff}));
    LinuxTools tools;

    const Result<ChangedBlocks> changes = refit_ext4(tools, partition, request_for(each, true));

    REQUIRE_FALSE(changes.ok());
  }

  TEST_CASE("an unclean file system is refused") {
    if (!has_program("mke2fs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    const Case each{"-b 4096", 100 * kMiB, 200 * kMiB};
    make_partition(folder, each, false);
    REQUIRE(folder.run("debugfs -w -R 'feature needs_recovery' part").exit_code == 0);
    LinuxTools tools;
    FilePartition held(folder.path() / "part");

    const Result<ChangedBlocks> changes = refit_ext4(tools, held, request_for(each, true));

    REQUIRE_FALSE(changes.ok());
    CHECK(changes.error().stop == Stop::ImageHostile);
  }

  TEST_CASE("files are read back, other things are not files") {
    if (!has_program("mke2fs")) return skip("e2fsprogs are not installed");
    const TemporaryFolder folder;
    make_tree(folder);
    make_partition(folder, kCases[7], false);
    FilePartition held(folder.path() / "part");

    const auto hosts = read_ext4_file(held, "etc/hosts", 4096);
    REQUIRE(hosts.ok());
    REQUIRE(hosts.value().has_value());
    CHECK(as_text(*hosts.value()) == "127.0.1.1 master\n");
    CHECK_FALSE(read_ext4_file(held, "etc/missing", 4096).value().has_value());
    CHECK_FALSE(read_ext4_file(held, "home/short", 4096).value().has_value());
    CHECK_FALSE(read_ext4_file(held, "etc/hosts/below", 4096).value().has_value());
    CHECK_FALSE(read_ext4_file(held, "usr/share/large", 4096).ok());
    CHECK(read_ext4_facts(held).value().uuid == "11112222-3333-4444-8555-666677778888");
  }
}

}  // namespace
}  // namespace relance
