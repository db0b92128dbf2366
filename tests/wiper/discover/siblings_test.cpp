#include <doctest/doctest.h>

#include "tests/support/shell.h"
#include "wiper/discover/drive_uses.h"

namespace relance {
namespace {

// Two controllers, the first with two namespaces, of which the second one is mounted; an eMMC with its boot area.
class Tree {
 public:
  Tree() {
    add("nvme/nvme0", "nvme0n1", "259:0");
    add("nvme/nvme0", "nvme0n2", "259:1");
    add("nvme/nvme1", "nvme1n1", "259:2");
    add("mmc0:0001", "mmcblk0", "179:0");
    add("mmc0:0001", "mmcblk0boot0", "179:8");
    std::filesystem::create_directories(folder_.path() / "proc/self");
    std::ofstream(folder_.path() / "proc/self/mountinfo") << "20 1 259:1 / /data rw - ext4 /dev/nvme0n2 rw\n";
  }
  SysfsTree sysfs() const { return SysfsTree(folder_.path().string()); }

 private:
  void add(const std::string& owner, const std::string& name, const std::string& number) const {
    const auto sys = folder_.path() / "sys";
    const auto device = sys / "devices" / owner / name;
    std::filesystem::create_directories(device);
    for (const char* list : {"block", "class/block"}) std::filesystem::create_directories(sys / list);
    std::ofstream(device / "dev") << number << "\n";
    std::filesystem::create_directory_symlink(std::filesystem::path(".."), device / "device");
    std::filesystem::create_directory_symlink("../devices/" + owner + "/" + name, sys / "block" / name);
    std::filesystem::create_directory_symlink("../../devices/" + owner + "/" + name, sys / "class/block" / name);
  }
  const TemporaryFolder folder_;
};

TEST_SUITE("siblings") {
  TEST_CASE("namespaces of one controller and the parts of one eMMC are one drive") {
    const Tree tree;
    CHECK(siblings_of(tree.sysfs(), "nvme0n1") == std::vector<std::string>{"nvme0n2"});
    CHECK(siblings_of(tree.sysfs(), "nvme1n1").empty());
    CHECK(siblings_of(tree.sysfs(), "mmcblk0") == std::vector<std::string>{"mmcblk0boot0"});
    CHECK(siblings_of(tree.sysfs(), "sda").empty());
  }

  TEST_CASE("a drive of which one namespace is mounted is in use, whichever is named") {
    const Tree tree;
    const SysfsTree sysfs = tree.sysfs();
    const UseTables tables(sysfs, std::nullopt);
    const std::vector<Use> mounted{{UseKind::Mounted, "/dev/nvme0n2", "/data"}};
    CHECK(tables.uses_of("nvme0n1") == mounted);
    CHECK(tables.uses_of("nvme0n2") == mounted);
    CHECK(tables.uses_of("nvme1n1").empty());
  }
}

}  // namespace
}  // namespace relance
