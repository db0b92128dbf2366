#include "wiper/sim/simulated_machine.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::int64_t kFirstBoot_s = 1'800'000'000;
constexpr std::int64_t kEmptyBattery_s = 1'262'304'000;  // 2010: what a board shows whose CMOS battery is empty.

class SimulatedEntropy : public Entropy {
 public:
  SimulatedEntropy(std::uint64_t seed, Bytes first) : first_(std::move(first)), random_(seed, "entropy") {}
  void fill(std::span<std::byte> bytes) override {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(first_.size(), bytes.size());
    std::copy_n(first_.begin(), count, bytes.begin());
    first_.erase(first_.begin(), first_.begin() + static_cast<std::ptrdiff_t>(count));
    random_.fill(bytes.subspan(count));
  }

 private:
  std::mutex mutex_;  // Of all below.
  Bytes first_;
  SeededRandom random_;
};

// A drive that somebody has opened.
class OpenDrive : public BlockDevice {
 public:
  explicit OpenDrive(FaultyDevice& drive, std::shared_ptr<std::atomic<bool>> held = nullptr)
      : drive_(drive), held_(std::move(held)) {}
  ~OpenDrive() override {
    if (held_) *held_ = false;
  }
  OpenDrive(const OpenDrive&) = delete;
  OpenDrive& operator=(const OpenDrive&) = delete;

  Geometry geometry() const override { return drive_.geometry(); }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override { return drive_.read(range, bytes); }
  Result<void> write(LbaRange range, std::span<const std::byte> bytes) override { return drive_.write(range, bytes); }
  Result<void> flush() override { return drive_.flush(); }

 private:
  FaultyDevice& drive_;
  std::shared_ptr<std::atomic<bool>> held_;  // Nothing: opened for reading.
};

// A drive's firmware, in a boot: commands that change it are operations like any other. A power cut while it obeys leaves
// it as it was or as it was to be; nobody learns which.
class OpenAta : public AtaPort {
 public:
  OpenAta(AtaPort& drive, std::shared_ptr<Seam> seam) : drive_(drive), seam_(std::move(seam)) {}

  Result<AtaReply> submit(const AtaCommand& command) override {
    const Seam::Turn turn = seam_->enter(command.name);
    if (turn == Seam::Turn::Off) return no_power();
    if (turn == Seam::Turn::Fails) return Error{Errc::Io, Stop::DriveSick, std::string(command.name) + " fails"};
    Result<AtaReply> reply = drive_.submit(command);
    if (turn == Seam::Turn::LosesPower) return no_power();
    return reply;
  }

 private:
  AtaPort& drive_;
  const std::shared_ptr<Seam> seam_;
};

class OpenNvme : public NvmeAdminPort {
 public:
  OpenNvme(NvmeAdminPort& drive, std::shared_ptr<Seam> seam) : drive_(drive), seam_(std::move(seam)) {}

  Result<NvmeReply> submit(const NvmeCommand& command) override {
    const Seam::Turn turn = seam_->enter(command.name);
    if (turn == Seam::Turn::Off) return no_power();
    if (turn == Seam::Turn::Fails) return Error{Errc::Io, Stop::DriveSick, std::string(command.name) + " fails"};
    Result<NvmeReply> reply = drive_.submit(command);
    if (turn == Seam::Turn::LosesPower) return no_power();
    return reply;
  }

 private:
  NvmeAdminPort& drive_;
  const std::shared_ptr<Seam> seam_;
};

}  // namespace

// One boot's view of the PC. Its threads have ended before the PC goes on to the next boot.
class SimulatedMachine : public Machine {
 public:
  SimulatedMachine(SimulatedPc& pc, Bytes entropy_begins_with, std::vector<PowerChange> power)
      : pc_(pc),
        executor_(pc.executor_),
        seam_(pc.seam_),
        entropy_(pc.seed_, std::move(entropy_begins_with)),
        power_(std::move(power)),
        booted_(executor_->now()) {}

  Executor& executor() override { return *executor_; }
  Entropy& entropy() override { return entropy_; }
  Store& stick() override { return pc_.stick_; }
  MachineFacts facts() override {
    return {.maker = "Relance",
            .product = "simulated PC",
            .serial = "SIM-1",
            .memory_bytes = std::uint64_t{1} << 30,
            .software = "test"};
  }

  PowerFacts power() override {
    PowerFacts now;
    for (const PowerChange& change : power_)
      if (executor_->now() - booted_ >= change.after) now = change.power;
    return now;
  }

  Result<std::vector<DriveFacts>> drives() override {
    TRY(enter("list drives"));
    std::vector<DriveFacts> found;
    for (const SimulatedPc::Slot& slot : pc_.slots_)
      if (!slot.boots.back()->has_vanished()) found.push_back(facts_of(slot));
    give_confirm_words(found);
    return found;
  }

  bool may_find_more_drives() override { return false; }

  Result<DriveFacts> drive(const std::string& path) override {
    const std::vector<DriveFacts> found = TRY(drives());
    const auto match = std::ranges::find(found, path, &DriveFacts::path);
    if (match == found.end()) return Error{Errc::Gone, Stop::NoDrive, "no drive at " + path};
    return *match;
  }

  Result<std::unique_ptr<BlockReader>> open_reader(const DriveFacts& drive) override {
    TRY(enter("open reader"));
    SimulatedPc::Slot* const slot = find(drive);
    if (slot == nullptr) return Error{Errc::Gone, Stop::DriveGone, "no such drive"};
    return std::unique_ptr<BlockReader>(std::make_unique<OpenDrive>(*slot->boots.back()));
  }

  Result<std::unique_ptr<BlockDevice>> open_for_writing(const Confirmation& confirmation) override {
    TRY(enter("open for writing"));
    const DriveFacts& planned = confirmation.plan().drive;
    SimulatedPc::Slot* const slot = find(planned);
    if (slot == nullptr) return Error{Errc::Gone, Stop::DriveGone, "the drive of the plan is not there"};
    const DriveFacts now = facts_of(*slot);
    TRY(refuse_unfit_drive(now));
    if (!has_planned_size(confirmation.plan(), now))
      return Error{Errc::Refused, Stop::DriveChanged, "the drive has another size than in the plan"};
    if (slot->is_held->exchange(true)) return Error{Errc::Busy, Stop::DriveHeld, "somebody holds the drive"};
    ++slot->openings_for_writing;
    return std::unique_ptr<BlockDevice>(std::make_unique<OpenDrive>(*slot->boots.back(), slot->is_held));
  }

  Result<std::unique_ptr<AtaPort>> open_ata(const Confirmation& confirmation) override {
    TRY(enter("open ata"));
    SimulatedPc::Slot* const slot = find(confirmation.plan().drive);
    if (slot == nullptr) return Error{Errc::Gone, Stop::DriveGone, "the drive of the plan is not there"};
    if (!slot->ata) return Error{Errc::Unsupported, Stop::DriveSick, "it takes no ATA commands"};
    return std::unique_ptr<AtaPort>(std::make_unique<OpenAta>(*slot->ata, seam_));
  }

  Result<std::unique_ptr<NvmeAdminPort>> open_nvme(const Confirmation& confirmation) override {
    TRY(enter("open nvme"));
    SimulatedPc::Slot* const slot = find(confirmation.plan().drive);
    if (slot == nullptr) return Error{Errc::Gone, Stop::DriveGone, "the drive of the plan is not there"};
    if (!slot->nvme) return Error{Errc::Unsupported, Stop::DriveSick, "it is no NVMe drive"};
    return std::unique_ptr<NvmeAdminPort>(std::make_unique<OpenNvme>(*slot->nvme, seam_));
  }

  Result<DriveFacts> look_again(const Confirmation& confirmation) override {
    TRY(enter("look again"));
    SimulatedPc::Slot* const slot = find(confirmation.plan().drive);
    if (slot == nullptr) return Error{Errc::Gone, Stop::DriveGone, "the drive of the plan is not there"};
    return facts_of(*slot);
  }

 private:
  static DriveFacts facts_of(const SimulatedPc::Slot& slot) {
    DriveFacts facts = slot.facts;
    if (slot.nvme) {
      const Result<DriveErases> erases = read_drive_erases(*slot.nvme);
      if (erases.ok()) facts.erases = erases.value();
    }
    if (!slot.ata) return facts;
    const Result<DriveErases> erases = read_drive_erases(*slot.ata);
    if (erases.ok()) facts.erases = erases.value();
    facts.geometry = slot.drive->geometry();
    const Result<HiddenAreas> areas = read_hidden_areas(*slot.ata);
    facts.hidden_areas = areas.ok() ? areas.value() : HiddenAreas{};
    return facts;
  }

  Result<void> enter(const char* what) {
    switch (seam_->enter(what)) {
      case Seam::Turn::Acts:
        return {};
      case Seam::Turn::Fails:
        return Error{Errc::Io, Stop::DriveSick, std::string(what) + " fails"};
      default:
        return no_power();
    }
  }

  SimulatedPc::Slot* find(const DriveFacts& wanted) {
    for (SimulatedPc::Slot& slot : pc_.slots_)
      if (is_same_drive(wanted, slot.facts) && !slot.boots.back()->has_vanished()) return &slot;
    return nullptr;
  }

  SimulatedPc& pc_;
  const std::shared_ptr<SimulatedExecutor> executor_;
  const std::shared_ptr<Seam> seam_;
  SimulatedEntropy entropy_;
  const std::vector<PowerChange> power_;
  const Moment booted_;
};

SimulatedPc::SimulatedPc(std::uint64_t seed, Trace::Keep keep)
    : seed_(seed), trace_(std::make_shared<Trace>(keep)), random_(seed, "pc"), stick_(seed) {}

SimulatedPc::~SimulatedPc() { cut_power(); }

std::size_t SimulatedPc::add_drive(DriveFacts facts, DriveTemper temper) {
  slots_.emplace_back();
  put_in(slots_.back(), std::move(facts), temper);
  return slots_.size() - 1;
}

std::size_t SimulatedPc::add_ata_drive(DriveFacts facts, const AtaTemper& firmware) {
  facts.geometry.block_count = std::max(facts.geometry.block_count, firmware.factory_blocks);
  const std::size_t number = add_drive(std::move(facts));
  slots_[number].ata = std::make_unique<SimulatedAtaDrive>(*slots_[number].drive, firmware);
  return number;
}

std::size_t SimulatedPc::add_nvme_drive(DriveFacts facts, const NvmeTemper& controller) {
  const std::size_t number = add_drive(std::move(facts));
  slots_[number].nvme = std::make_unique<SimulatedNvmeDrive>(*slots_[number].drive, controller);
  return number;
}

void SimulatedPc::replace_drive(std::size_t number, DriveFacts facts) { put_in(slots_.at(number), std::move(facts)); }

void SimulatedPc::put_in(Slot& slot, DriveFacts facts, DriveTemper temper) {
  require(!seam_, "drives are changed between boots");
  temper.seed = seed_ + ++drive_count_;
  slot.drive = std::make_unique<SimulatedDrive>(facts.geometry, temper);
  slot.facts = std::move(facts);
  slot.ata.reset();
  slot.nvme.reset();
  slot.boots.resize(boot_count_);
}

std::shared_ptr<Machine> SimulatedPc::boot(BootPlan plan) {
  cut_power();
  ++boot_count_;
  trace_->note("boot " + std::to_string(boot_count_));
  executor_ = std::make_shared<SimulatedExecutor>(random_.next(), trace_);
  const bool has_lost_time = random_.one_in(4);
  const auto boot_number = static_cast<std::int64_t>(boot_count_);
  const std::int64_t drawn_clock_s = has_lost_time ? kEmptyBattery_s : kFirstBoot_s + 3600 * boot_number;
  executor_->set_pc_clock_s(plan.pc_clock_s.value_or(drawn_clock_s));
  seam_ = std::make_shared<Seam>(*executor_, trace_);
  seam_->cut_power_at(plan.cut_power_at);
  seam_->fail_at(plan.fail_at);
  stick_.plug_into(seam_);
  stick_.lay(std::move(plan.stick));
  for (std::size_t number = 0; number < slots_.size(); ++number) {
    Slot& slot = slots_[number];
    slot.drive->plug_into(seam_, "drive " + std::to_string(number));
    *slot.is_held = false;
    slot.boots.push_back(std::make_unique<FaultyDevice>(*slot.drive, plan.drives[number], random_.next()));
  }
  return std::make_shared<SimulatedMachine>(*this, std::move(plan.entropy_begins_with), std::move(plan.power));
}

void SimulatedPc::cut_power() {
  if (!seam_) return;
  seam_->cut_power();
  executor_->wind_down();
  for (Slot& slot : slots_) {
    slot.drive->cut_power();
    if (slot.ata) slot.ata->cycle_power();
    if (slot.nvme) slot.nvme->cycle_power();
    slot.drive->plug_into(nullptr, "drive");
  }
  stick_.plug_into(nullptr);
  seam_.reset();
  executor_.reset();
}

std::vector<Access> SimulatedPc::accesses(std::size_t number, std::size_t boot) const {
  const auto& boots = slots_.at(number).boots;
  const bool was_there = boot < boots.size() && boots[boot] != nullptr;
  return was_there ? boots[boot]->accesses() : std::vector<Access>();
}

}  // namespace relance
