#include "tests/laws/draw.h"

#include <algorithm>
#include <array>

namespace relance {
namespace {

using namespace std::chrono_literals;

template <class T, std::size_t N>
T one_of(SeededRandom& random, const std::array<T, N>& choices) {
  return choices[random.below(N)];
}

Geometry draw_geometry(SeededRandom& random) {
  constexpr std::array<std::array<std::uint32_t, 2>, 3> kBlocks{{{512, 512}, {512, 4096}, {4096, 4096}}};
  const auto [logical, physical] = one_of(random, kBlocks);
  return {.block_count = random.between(kFakeImageBlocks, 160), .logical_bytes = logical, .physical_bytes = physical};
}

// Every row of the table; those of one pass most often, since each pass takes its time.
std::string draw_method(SeededRandom& random) {
  if (!random.one_in(3)) return one_of<std::string, 3>(random, {"zero", "random", "one"});
  const std::span<const Method> all = methods();
  const Method& drawn = all[random.below(all.size())];
  return std::string(drawn.passes.size() <= 7 || random.one_in(4) ? drawn.name : "dod");
}

Target draw_target(SeededRandom& random) {
  Target target{.geometry = draw_geometry(random),
                .method = draw_method(random),
                .verify = Verify::Full,
                .has_image = random.one_in(2)};
  if (random.one_in(12)) target.verify = random.one_in(2) ? Verify::Sample : Verify::None;
  if (random.one_in(8)) target.verify = Verify::Each;
  if (random.one_in(3)) target.wraps = {4, 6};
  target.takes_reserve = random.one_in(2);
  return target;
}

// About how many operations a drive sees in a quiet run.
std::uint64_t expected_operations(const Stay& stay, const Target& target) {
  const std::uint64_t sweeps = 1 + method_named(target.method)->passes.size() * (target.verify == Verify::Each ? 2 : 1);
  return sweeps * target.geometry.size_bytes() / stay.chunk_bytes + (target.has_image ? 40 : 10);
}

bool is_silent_write_fault(FaultKind kind) {
  return kind == FaultKind::LostWrite || kind == FaultKind::TornWrite || kind == FaultKind::MisdirectedWrite;
}

// What two faults of one drive do together may be beyond every program, so a drive is drawn with one vice or the other.
struct Vices {
  bool misreads = false;     // Delivers other blocks.
  bool fails_flush = false;  // Keeps writes in its cache for ever.
};

FaultKind allowed(FaultKind kind, const Target& target, Vices vices) {
  // A constant pattern cannot tell one place from another: a write that is lost and a read of elsewhere at the same block
  // cancel out, unless each of its blocks is its own.
  const bool blocks_are_unlike = method_named(target.method)->ends_keyed() && !target.has_image;
  if (kind == FaultKind::ReadElsewhere && !vices.misreads && !blocks_are_unlike) return FaultKind::ReadNothing;
  if (is_silent_write_fault(kind) && vices.misreads && !blocks_are_unlike) return FaultKind::WriteError;
  // After a failed flush the cache answers for ever for blocks that it will lose; if the second write of such a block is
  // lost as well, every read of this boot lies.
  if (kind == FaultKind::FlushError && !vices.fails_flush) return FaultKind::WriteError;
  if (is_silent_write_fault(kind) && vices.fails_flush) return FaultKind::ReadError;
  return kind;
}

LbaRange draw_range(SeededRandom& random, const Geometry& geometry, std::uint64_t longest) {
  const std::uint64_t count = random.between(1, longest);
  return {random.below(geometry.block_count - count + 1), count};
}

Fault draw_fault(SeededRandom& random, const Stay& stay, const Target& target, Vices vices) {
  constexpr std::array kKinds{
      FaultKind::ReadError,   FaultKind::ReadError,   FaultKind::WriteError,       FaultKind::WriteError,
      FaultKind::FlushError,  FaultKind::FlushError,  FaultKind::LostWrite,        FaultKind::LostWrite,
      FaultKind::TornWrite,   FaultKind::TornWrite,   FaultKind::MisdirectedWrite, FaultKind::MisdirectedWrite,
      FaultKind::ReadNothing, FaultKind::ReadNothing, FaultKind::ReadElsewhere,    FaultKind::Hang,
      FaultKind::Vanish};
  Fault fault{.kind = allowed(one_of(random, kKinds), target, vices),
              .from = random.between(1, expected_operations(stay, target))};
  const bool is_sick_place = random.one_in(4) && fault.kind != FaultKind::Hang && fault.kind != FaultKind::Vanish;
  if (is_sick_place)
    fault = {.kind = fault.kind, .blocks = draw_range(random, target.geometry, 12), .times = random.between(1, 30)};
  if (fault.kind == FaultKind::FlushError) fault.times = random.between(1, 2);
  if (fault.kind == FaultKind::Vanish) fault.times = kAlways;
  if (fault.kind == FaultKind::Hang) {
    fault.span = random.one_in(3) ? kForEver : nanoseconds(1s) * static_cast<std::int64_t>(random.between(1, 400));
    if (fault.span == kForEver) fault.times = kAlways;
  }
  return fault;
}

FaultPlan draw_faults(SeededRandom& random, const Stay& stay, const Target& target, Vices vices) {
  FaultPlan plan;
  const std::uint64_t count = random.below(5);
  for (std::uint64_t i = 0; i < count; ++i) plan.add(draw_fault(random, stay, target, vices));
  return plan;
}

std::vector<StickFault> draw_stick_faults(SeededRandom& random) {
  constexpr std::array kKinds{StickFaultKind::Full,       StickFaultKind::ReadOnly,  StickFaultKind::Pulled,
                              StickFaultKind::TornAppend, StickFaultKind::ReadError, StickFaultKind::Hang};
  std::vector<StickFault> faults;
  const std::uint64_t count = random.one_in(3) ? random.between(1, 3) : 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    StickFault fault{.kind = one_of(random, kKinds), .from = random.between(1, 40), .times = random.between(1, 6)};
    if (random.one_in(6)) fault.times = kAlways;
    if (fault.kind == StickFaultKind::Hang) {
      fault.times = 1;
      fault.span = random.one_in(4) ? kForEver : nanoseconds(1s) * static_cast<std::int64_t>(random.between(1, 90));
    }
    faults.push_back(fault);
  }
  return faults;
}

Boot draw_boot(SeededRandom& random, const Stay& stay, Vices vices, bool is_first) {
  Boot boot;
  std::uint64_t operations = 20;
  for (std::size_t i = 0; i < stay.targets.size(); ++i) {
    boot.plan.drives[i] = draw_faults(random, stay, stay.targets[i], vices);
    operations += expected_operations(stay, stay.targets[i]);
  }
  boot.plan.stick = draw_stick_faults(random);
  if (random.one_in(2)) boot.plan.cut_power_at = random.between(1, operations);
  if (random.one_in(8))
    boot.person = Person{.target = random.below(stay.targets.size()),
                         .after = nanoseconds(100us) * static_cast<std::int64_t>(random.below(200)),
                         .pause = random.one_in(2) ? 0s : 20s};
  if (is_first) return boot;
  if (random.one_in(4)) {
    const std::size_t target = random.below(stay.targets.size());
    boot.foreign.push_back({target, draw_range(random, stay.targets[target].geometry, 9)});
  }
  if (random.one_in(25)) boot.replaced = random.below(stay.targets.size());
  return boot;
}

bool hangs(const Boot& boot) {
  return std::ranges::any_of(boot.plan.drives, [](const auto& drive) {
    return std::ranges::any_of(drive.second.faults, [](const Fault& fault) { return fault.kind == FaultKind::Hang; });
  });
}

AtaTemper draw_ata(SeededRandom& random, std::uint64_t blocks) {
  AtaTemper temper;
  temper.has_accessible_max = random.one_in(4);
  temper.has_host_protected_area = !random.one_in(8);
  temper.has_configuration_overlay = !random.one_in(8);
  // What no command can show, nobody can know.
  const bool has_maximum = temper.has_accessible_max || temper.has_host_protected_area;
  if (temper.has_configuration_overlay && random.one_in(4))
    temper.configured_blocks = random.between(blocks / 2, blocks);
  if (has_maximum && random.one_in(4)) temper.set_blocks = random.between(blocks / 3, blocks / 2);
  temper.is_overlay_frozen = random.one_in(8);
  temper.is_restore_late = random.one_in(4);
  temper.is_max_locked = random.one_in(8);
  temper.is_security_frozen = random.one_in(8);
  if (random.one_in(10)) temper.password = std::array<std::byte, 32>{std::byte{1}};
  temper.is_locked = temper.password && random.one_in(2);
  temper.has_sanitize = !random.one_in(6);
  temper.is_sanitize_frozen = random.one_in(6);
  if (random.one_in(6)) temper.sanitize_fails_at = 1 + static_cast<unsigned>(random.below(4));
  if (random.one_in(12)) temper.sanitize_sticks_at = 1 + static_cast<unsigned>(random.below(4));
  temper.leaves_after_erase = one_of<std::byte, 3>(random, {std::byte{0}, std::byte{0xFF}, std::byte{0x33}});
  temper.rotates = random.one_in(2);
  temper.erases_nothing = random.one_in(6);
  if (random.one_in(8)) temper.lies_about.insert(one_of<std::uint8_t, 5>(random, {0xB4, 0xF4, 0xF1, 0x37, 0xB1}));
  return temper;
}

NvmeTemper draw_nvme(SeededRandom& random) {
  NvmeTemper temper;
  temper.has_sanitize = !random.one_in(4);
  temper.has_format = !random.one_in(4);
  temper.namespaces = random.one_in(6) ? 2 : 1;
  if (random.one_in(6)) temper.sanitize_fails_at = 1 + static_cast<unsigned>(random.below(4));
  if (random.one_in(12)) temper.sanitize_sticks_at = 1 + static_cast<unsigned>(random.below(4));
  temper.leaves = one_of<std::byte, 3>(random, {std::byte{0}, std::byte{0xFF}, std::byte{0xC7}});
  temper.answers_only = random.one_in(6);
  temper.erases_nothing = random.one_in(6);
  return temper;
}

// One to three commands, none twice.
std::vector<EraseCommand> draw_commands(SeededRandom& random) {
  std::vector<EraseCommand> commands;
  const std::uint64_t count = random.between(1, 3);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto command = static_cast<EraseCommand>(random.between(1, EnumNames<EraseCommand>::names.size() - 1));
    if (std::ranges::find(commands, command) == commands.end()) commands.push_back(command);
  }
  return commands;
}

}  // namespace

Stay draw_quiet_stay(SeededRandom& random) {
  Stay stay{.seed = random.next()};
  stay.targets.clear();
  const std::uint64_t drives = random.between(1, 3);
  for (std::uint64_t i = 0; i < drives; ++i) stay.targets.push_back(draw_target(random));
  stay.workers = static_cast<unsigned>(random.between(1, 3));
  stay.chunk_bytes = 4096 * random.between(1, 5);
  stay.checkpoint_interval = one_of<nanoseconds, 3>(random, {500us, 2ms, 20ms});
  stay.image_compares_by_hash = random.one_in(2);
  return stay;
}

Stay draw_stay(std::uint64_t seed) {
  SeededRandom random(seed, "stay");
  Stay stay = draw_quiet_stay(random);
  stay.boots.clear();
  const std::uint64_t boots = random.between(1, 3);
  const Vices vices{.misreads = random.one_in(4), .fails_flush = random.one_in(2)};
  for (std::uint64_t i = 0; i < boots; ++i) stay.boots.push_back(draw_boot(random, stay, vices, i == 0));
  // A hang lasts for minutes; to look every millisecond of them for something to flush takes minutes of ours.
  if (std::ranges::any_of(stay.boots, hangs)) stay.checkpoint_interval = 50ms;
  return stay;
}

Stay draw_firmware_stay(std::uint64_t seed) {
  Stay stay = draw_stay(seed);
  SeededRandom random(seed, "firmware");
  for (Target& target : stay.targets) {
    target.has_image = target.has_image && random.one_in(2);
    target.drive_erases = draw_commands(random);
    const bool is_controller = random.one_in(2);
    if (is_controller) target.controller = draw_nvme(random);
    if (!is_controller) target.firmware = draw_ata(random, target.geometry.block_count);
  }
  return stay;
}

}  // namespace relance
