// The real seams keep the same contracts as the simulated ones: files, loop devices, a folder, real threads.

#include <filesystem>

#include "tests/contract/block_contract.h"
#include "tests/contract/executor_contract.h"
#include "tests/contract/store_contract.h"
#include "tests/support/loop_device.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/linux/block_device.h"
#include "wiper/linux/executor.h"
#include "wiper/linux/folder_store.h"

namespace relance {
namespace {

constexpr std::uint64_t kBytes = (std::uint64_t{1} << 20) + 7 * 4096;  // No multiple of a chunk.

class PathBench : public BlockBench {
 public:
  PathBench(std::string path, Geometry geometry) : path_(std::move(path)), geometry_(geometry) {}

  Geometry geometry() const override { return geometry_; }
  Executor& executor() override { return executor_; }
  Result<std::unique_ptr<BlockDevice>> open_device() override {
    auto device = TRY(LinuxBlockDevice::open(path_));
    return std::unique_ptr<BlockDevice>(std::move(device));
  }
  Result<std::unique_ptr<BlockReader>> open_reader() override {
    auto reader = TRY(LinuxBlockReader::open(path_));
    return std::unique_ptr<BlockReader>(std::move(reader));
  }

 private:
  std::string path_;
  Geometry geometry_;
  LinuxExecutor executor_;
};

std::string make_file(const std::filesystem::path& folder, std::uint64_t size_bytes) {
  const std::string path = folder / "disk.img";
  std::ofstream(path).close();
  std::filesystem::resize_file(path, size_bytes);
  return path;
}

void check_on_loop(unsigned block_bytes) {
  const TemporaryFolder folder;
  make_file(folder.path(), kBytes);
  const LoopDevice loop(folder, "disk.img", block_bytes);
  PathBench bench(loop.path(),
                  {.block_count = kBytes / block_bytes, .logical_bytes = block_bytes, .physical_bytes = block_bytes});
  keeps_the_block_contract(bench);
}

TEST_SUITE("contracts of the real seams") {
  TEST_CASE("a file-backed drive keeps the block contract") {
    const TemporaryFolder folder;
    PathBench bench(make_file(folder.path(), kBytes + 512),
                    {.block_count = kBytes / 512 + 1, .logical_bytes = 512, .physical_bytes = 4096});
    keeps_the_block_contract(bench);
  }

  TEST_CASE("a loop device of 512-byte blocks keeps the block contract") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    check_on_loop(512);
  }

  TEST_CASE("a loop device of 4096-byte blocks keeps the block contract") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    check_on_loop(4096);
  }

  TEST_CASE("a folder keeps the store contract") {
    const TemporaryFolder folder;
    const auto store = FolderStore::open(folder.path()).value();
    keeps_the_store_contract(*store);
  }

  TEST_CASE("real threads keep the executor contract") {
    LinuxExecutor executor;
    keeps_the_executor_contract(executor);
  }
}

}  // namespace
}  // namespace relance
