#include "tui/session/practice.h"

#include "tui/session/memory_stick.h"
#include "wiper/sim/seeded_random.h"

namespace relance {
namespace {

constexpr Geometry kGeometry{.block_count = 8192, .logical_bytes = 4096, .physical_bytes = 4096};  // 32 MiB of memory.
constexpr nanoseconds kAccess = std::chrono::milliseconds(1500);  // Half a minute for a job, if nothing is hurried.

constexpr std::array<std::string_view, 4> kModels = {"ST3160815AS", "WDC WD1600AAJS-00L7A0", "Hitachi HDS721616PLA380",
                                                     "SAMSUNG HD161HJ"};

DriveFacts drawn_drive(std::uint64_t seed) {
  SeededRandom random(seed, "practice");
  DriveFacts drive;
  drive.path = "/dev/sda";
  drive.kind = DriveKind::Simulated;
  drive.identity.model = kModels.at(static_cast<std::size_t>(random.below(kModels.size())));
  drive.identity.serial = "SIM" + std::to_string(random.between(10'000'000, 99'999'999));
  drive.identity.serial_source = SerialSource::Drive;
  drive.geometry = kGeometry;
  drive.bus = Bus::Ata;
  drive.medium = Medium::Rotating;
  return drive;
}

BootPlan slow_boot(std::int64_t pc_clock_s) {
  BootPlan plan;
  plan.pc_clock_s = pc_clock_s;
  plan.drives[0].add({.kind = FaultKind::Hang, .times = kAlways, .span = kAccess});
  return plan;
}

}  // namespace

Practice::Practice(std::uint64_t seed, std::int64_t pc_clock_s) : pc_(seed) {
  pc_.add_drive(drawn_drive(seed));
  bench_ = Bench{pc_.boot(slow_boot(pc_clock_s)), nullptr, std::make_shared<MemoryStick>(), ""};
}

}  // namespace relance
