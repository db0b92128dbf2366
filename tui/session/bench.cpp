#include "tui/session/bench.h"

#include "tui/session/memory_stick.h"
#include "wiper/linux/folder_store.h"
#include "wiper/linux/live_system.h"
#include "wiper/linux/machine.h"
#include "wiper/linux/plain_file.h"
#include "wiper/linux/tools.h"

namespace relance {
namespace {

// A machine whose stick is another: every other question goes to the machine itself.
class WithStick : public Machine {
 public:
  WithStick(std::shared_ptr<Machine> machine, std::shared_ptr<Store> stick)
      : machine_(std::move(machine)), stick_(std::move(stick)) {}

  Executor& executor() override { return machine_->executor(); }
  Entropy& entropy() override { return machine_->entropy(); }
  Store& stick() override { return *stick_; }
  MachineFacts facts() override { return machine_->facts(); }
  PowerFacts power() override { return machine_->power(); }
  Result<std::vector<DriveFacts>> drives() override { return machine_->drives(); }
  bool may_find_more_drives() override { return machine_->may_find_more_drives(); }
  Result<DriveFacts> drive(const std::string& path) override { return machine_->drive(path); }
  Result<std::unique_ptr<BlockReader>> open_reader(const DriveFacts& drive) override {
    return machine_->open_reader(drive);
  }
  Result<std::unique_ptr<BlockDevice>> open_for_writing(const Confirmation& confirmation) override {
    return machine_->open_for_writing(confirmation);
  }
  Result<std::unique_ptr<AtaPort>> open_ata(const Confirmation& confirmation) override {
    return machine_->open_ata(confirmation);
  }
  Result<std::unique_ptr<NvmeAdminPort>> open_nvme(const Confirmation& confirmation) override {
    return machine_->open_nvme(confirmation);
  }
  Result<DriveFacts> look_again(const Confirmation& confirmation) override {
    return machine_->look_again(confirmation);
  }

 private:
  std::shared_ptr<Machine> machine_;
  std::shared_ptr<Store> stick_;
};

}  // namespace

Result<Bench> linux_bench(const std::string& folder) {
  const std::string stick_folder = folder.empty() ? live_system::stick_folder() : folder;
  std::shared_ptr<Machine> machine = TRY(LinuxMachine::open(stick_folder));
  const auto tools = std::make_shared<LinuxTools>();
  if (!stick_folder.empty())
    return Bench{machine, tools, std::shared_ptr<Store>(machine, &machine->stick()), stick_folder};
  const auto memory = std::make_shared<MemoryStick>();
  return Bench{std::make_shared<WithStick>(machine, memory), tools, memory, ""};
}

Result<std::shared_ptr<Store>> open_folder(const std::string& folder) {
  std::unique_ptr<FolderStore> store = TRY(FolderStore::open(folder));
  return std::shared_ptr<Store>(std::move(store));
}

Result<Bytes> read_file(const std::string& path) {
  const PlainFile file = TRY(PlainFile::open(path));
  if (file.size_bytes() > kLargestReadFile)
    return Error{Errc::Corrupt, Stop::Unspecified, path + " is larger than 1 MiB"};
  Bytes bytes(static_cast<std::size_t>(file.size_bytes()));
  TRY(file.read(0, bytes));
  return bytes;
}

}  // namespace relance
