#include "tests/laws/laws.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "tests/laws/draw.h"
#include "tests/laws/seeds.h"

namespace relance {
namespace {

using namespace std::chrono_literals;

// A broken invariant or a deadlock ends the program: the stay that was being played is told first.
std::string now_playing;
void tell_what_was_played(int) {
  std::fprintf(stderr, "while playing %s", now_playing.c_str());
  std::signal(SIGABRT, SIG_DFL);
}

Outcome play_aloud(const Stay& stay) {
  std::signal(SIGABRT, tell_what_was_played);
  now_playing = to_text(stay);
  return play(stay);
}

struct Count {
  std::map<std::string, int> verdicts;
  std::uint64_t plays = 0;

  void add(const Outcome& outcome) {
    ++plays;
    for (const TargetOutcome& target : outcome.targets) {
      std::string name = "never begun";
      if (target.evidence) name = name_of(final_verdict(*target.evidence).kind);
      if (target.evidence && target.evidence->image_finished()) name += " + image";
      ++verdicts[name];
    }
  }
  std::string text() const {
    std::string text = std::to_string(plays) + " stays:";
    for (const auto& [name, count] : verdicts) text += " " + name + " " + std::to_string(count) + ",";
    return text;
  }
};

// One small drive with everything: erase, image, finish.
Stay whole_job(std::uint64_t seed, const std::string& method) {
  const Target target{.geometry = {.block_count = 64, .logical_bytes = 512, .physical_bytes = 4096},
                      .method = method,
                      .verify = Verify::Full,
                      .has_image = true};
  return {.seed = seed, .targets = {target}, .checkpoint_interval = 1ms};
}

// An erase by the drive itself, and then ours. Flash: there only some commands reach Purge.
Stay job_by_drive(std::uint64_t seed, EraseCommand command, AtaTemper ata, const NvmeTemper& nvme) {
  Stay stay = whole_job(seed, "zero");
  Target& target = stay.targets[0];
  target.has_image = false;
  target.drive_erases = {command};
  ata.rotates = false;
  if (is_nvme(command)) target.controller = nvme;
  if (!is_nvme(command)) target.firmware = std::move(ata);
  return stay;
}

std::uint64_t operations_of(const Stay& stay) { return play_aloud(stay).boots.front().operations; }

Breaches all_breaches(const Stay& stay, const Outcome& outcome) {
  Breaches all = breaches_of_laws(stay, outcome);
  const Breaches third = resumes_invisibly(outcome);
  all.insert(all.end(), third.begin(), third.end());
  return all;
}

// Played and held against the laws; a breach is told with the seed that plays it again.
Outcome hold(const Stay& stay, std::uint64_t seed, Breaches (*breaches_of)(const Stay&, const Outcome&)) {
  Outcome outcome = play_aloud(stay);
  const Breaches breaches = breaches_of(stay, outcome);
  CHECK_MESSAGE(breaches.empty(), "RELANCE_SEED=", seed, "\n", to_text(stay), to_text(breaches));
  return outcome;
}

// The power goes at each of its operations, once a stay.
void hold_at_every_cut(const Stay& quiet, Count& count) {
  for (const std::uint64_t cut : seeds(operations_of(quiet))) {
    Stay stay = quiet;
    stay.boots = {Boot{.plan = {.cut_power_at = cut}}};
    count.add(hold(stay, cut, all_breaches));
  }
}

TEST_SUITE("laws") {
  TEST_CASE("laws 1, 2 and 4 hold whatever goes wrong") {
    Count count;
    for (const std::uint64_t seed : seeds(1500)) {
      const Stay stay = draw_stay(seed);
      count.add(hold(stay, seed, breaches_of_laws));
    }
    MESSAGE(count.text());
  }

  TEST_CASE("where nothing happens every drive is erased, and holds what was planned") {
    Count count;
    for (const std::uint64_t seed : seeds(60)) {
      SeededRandom random(seed, "quiet");
      const Stay stay = draw_quiet_stay(random);
      count.add(hold(stay, seed, all_breaches));
    }
    MESSAGE(count.text());
  }

  TEST_CASE("law 3: the power goes at every operation of one whole job, and the drive ends up the same") {
    Count count;
    for (const std::string method : {"zero", "random"}) hold_at_every_cut(whole_job(7, method), count);
    MESSAGE(count.text());
  }

  TEST_CASE("law 3: the power goes in the middle of each pass of every method, each pass read back and not") {
    Count count;
    for (const Method& method : methods())
      for (const Verify verify : {Verify::Full, Verify::Each}) {
        Stay quiet = whole_job(13, std::string(method.name));
        quiet.targets[0].has_image = false;
        quiet.targets[0].verify = verify;
        quiet.targets[0].wraps = {5};
        const std::uint64_t operations = operations_of(quiet);
        const std::uint64_t step = std::max<std::uint64_t>(1, operations / (2 * method.passes.size() + 5));
        for (std::uint64_t cut = 1 + step / 2; cut < operations; cut += step) {
          Stay stay = quiet;
          stay.boots = {Boot{.plan = {.cut_power_at = cut}}};
          count.add(hold(stay, cut, all_breaches));
        }
      }
    MESSAGE(count.text());
  }

  TEST_CASE("a bridge that wraps addresses ends in ECHEC whatever the method; not looked for, the laws would see it") {
    for (const Method& method : methods())
      for (const Verify verify : {Verify::Full, Verify::Each, Verify::Sample, Verify::None}) {
        CAPTURE(method.name);
        CAPTURE(name_of(verify));
        Stay stay = whole_job(17, std::string(method.name));
        Target& target = stay.targets[0];
        target.geometry.block_count = 96;
        target.has_image = false;
        target.verify = verify;
        target.wraps_at = 64;
        target.wraps = {6};
        // A stream that is not read back shows nothing, and its certificate has a reserve that says so.
        const bool looks = !method.ends_keyed() || verify != Verify::None;

        const Outcome outcome = play_aloud(stay);
        // Single blocks read back well through the wrap, so only the verdict can be asked.
        if (looks) CHECK(final_verdict(*outcome.targets[0].evidence).kind == VerdictKind::Failed);

        target.wraps.clear();
        const bool would_pass = !method.ends_keyed() && verify == Verify::Full;
        if (would_pass && method.passes.size() == 1) CHECK(!breaches_of_laws(stay, play_aloud(stay)).empty());
      }
  }

  TEST_CASE("a block that an earlier pass could not write stays listed, and the erase has a reserve") {
    for (const Verify verify : {Verify::Full, Verify::Each}) {
      Stay stay = whole_job(19, "is5-enhanced");
      stay.targets[0].has_image = false;
      stay.targets[0].verify = verify;
      FaultPlan plan;
      plan.add({.kind = FaultKind::WriteError, .blocks = LbaRange{25, 1}, .times = 2});  // In the first pass.
      Boot boot;
      boot.plan.drives[0] = plan;
      stay.boots = {boot};

      const Outcome outcome = hold(stay, 19, breaches_of_laws);

      const Evidence& evidence = *outcome.targets[0].evidence;
      CHECK(final_verdict(evidence).kind == VerdictKind::ErasedWithReserve);
      CHECK(final_verdict(evidence).reasons.front().name == Sentence::ReasonEarlierPass);
      REQUIRE(!evidence.bad_ranges().empty());
      CHECK(evidence.bad_ranges().front() == BadRange{24, 8, "write"});  // Its physical block.
      CHECK(evidence.proven_erased().covers(outcome.targets[0].target.geometry.whole()));
    }
  }

  TEST_CASE("what a disk hides is uncovered and erased with the rest, whenever the power goes") {
    Count count;
    const std::vector<AtaTemper> hiding{
        {.set_blocks = 40},
        {.set_blocks = 40, .has_accessible_max = true, .has_configuration_overlay = false},
        {.configured_blocks = 50},
        {.configured_blocks = 50, .set_blocks = 40},
        {.configured_blocks = 50, .is_restore_late = true},
        {},
    };
    for (std::size_t i = 0; i < hiding.size(); ++i) {
      CAPTURE(i);
      Stay stay = whole_job(23 + i, i % 2 == 0 ? "zero" : "random");
      stay.targets[0].has_image = false;
      stay.targets[0].firmware = hiding[i];
      const Outcome quiet = hold(stay, 23, all_breaches);
      CHECK(quiet.targets[0].evidence->plan().drive.geometry == stay.targets[0].geometry);
      hold_at_every_cut(stay, count);
    }
    MESSAGE(count.text());
  }

  TEST_CASE("what a disk goes on hiding is never EFFACE, and the rest of it is erased") {
    struct Hidden {
      AtaTemper firmware;
      Sentence reason;
      std::size_t boots;  // With a power cycle where that might help.
    };
    const std::vector<Hidden> stubborn{
        {{.set_blocks = 40, .is_max_locked = true}, Sentence::ReasonHiddenKept, 1},
        {{.set_blocks = 40, .lies_about = {0x37}}, Sentence::ReasonHiddenKept, 2},
        {{.configured_blocks = 40, .lies_about = {0xB1}}, Sentence::ReasonHiddenKept, 2},
        {{.configured_blocks = 40, .is_overlay_frozen = true}, Sentence::ReasonHiddenUnknown, 1},
    };
    for (const Hidden& each : stubborn) {
      Stay stay = whole_job(29, "zero");
      stay.targets[0].has_image = false;
      stay.targets[0].firmware = each.firmware;

      const Outcome outcome = hold(stay, 29, breaches_of_laws);

      const Evidence& evidence = *outcome.targets[0].evidence;
      CHECK(final_verdict(evidence).kind == VerdictKind::ErasedWithReserve);
      CHECK(final_verdict(evidence).reasons.front().name == each.reason);
      CHECK(evidence.plan().drive.geometry.block_count == 40);
      CHECK(evidence.proven_erased() == ExtentSet{{0, 40}});
      CHECK(outcome.boots.size() == each.boots);
    }
  }

  TEST_CASE("law 3: the power goes at every operation around each erase of the drive's own") {
    Count count;
    for (std::size_t i = 1; i < EnumNames<EraseCommand>::names.size(); ++i) {
      const auto command = static_cast<EraseCommand>(i);
      CAPTURE(name_of(command));
      Stay stay = job_by_drive(37 + i, command, {}, {});
      const Outcome quiet = hold(stay, 37, all_breaches);
      CHECK(quiet.targets[0].evidence->is_erased_by_drive());
      hold_at_every_cut(stay, count);
    }
    MESSAGE(count.text());
  }

  TEST_CASE("a drive that says yes and keeps its data ends in ECHEC, whatever the command, and before we write") {
    for (std::size_t i = 1; i < EnumNames<EraseCommand>::names.size(); ++i)
      for (const bool goes_through_motions : {false, true}) {
        const auto command = static_cast<EraseCommand>(i);
        CAPTURE(name_of(command));
        CAPTURE(goes_through_motions);
        AtaTemper ata{.erases_nothing = goes_through_motions};
        if (!goes_through_motions) ata.lies_about = {0xB4, 0xF4};
        const NvmeTemper nvme{.answers_only = !goes_through_motions, .erases_nothing = goes_through_motions};
        const Stay stay = job_by_drive(41, command, ata, nvme);

        const Outcome outcome = hold(stay, 41, breaches_of_laws);

        const Evidence& evidence = *outcome.targets[0].evidence;
        CHECK(final_verdict(evidence).kind == VerdictKind::Failed);
        CHECK(final_verdict(evidence).reasons.front().name == Sentence::ReasonDriveLied);
        CHECK(static_cast<Stop>(evidence.state().ended->stop) == Stop::DriveLied);
        CHECK_FALSE(evidence.is_erased_by_drive());
        CHECK(evidence.canaries()->kept == evidence.canaries()->placed);
      }
  }

  TEST_CASE("a drive that cannot erase itself, or fails at it, is overwritten and never more than that") {
    struct Unable {
      EraseCommand command;
      AtaTemper ata;
      NvmeTemper nvme;
      bool is_told;  // Else the plan knows already.
    };
    const std::vector<Unable> unable{
        {EraseCommand::SanitizeBlock, {.has_sanitize = false}, {}, false},
        {EraseCommand::SecurityErase, {.is_security_frozen = true}, {}, false},
        {EraseCommand::NvmeFormat, {}, {.namespaces = 2}, false},
        {EraseCommand::NvmeSanitizeCrypto, {}, {.namespaces = 2}, false},
        {EraseCommand::SanitizeBlock, {.is_sanitize_frozen = true}, {}, true},
        {EraseCommand::SanitizeCrypto, {.sanitize_fails_at = 1}, {}, true},
        {EraseCommand::NvmeSanitizeBlock, {}, {.sanitize_fails_at = 1}, true},
    };
    for (std::size_t i = 0; i < unable.size(); ++i) {
      CAPTURE(i);
      const Stay stay = job_by_drive(43, unable[i].command, unable[i].ata, unable[i].nvme);
      // Nobody knows what other namespaces hold: all that is ours is proven, and the paper says the rest.
      const bool is_alone = unable[i].nvme.namespaces == 1;
      const Outcome outcome = hold(stay, 43, is_alone ? all_breaches : breaches_of_laws);
      const Evidence& evidence = *outcome.targets[0].evidence;
      CHECK(final_verdict(evidence).kind == (is_alone ? VerdictKind::Erased : VerdictKind::ErasedWithReserve));
      CHECK(evidence.proven_erased() == ExtentSet{{0, 64}});
      CHECK_FALSE(evidence.is_erased_by_drive());
      CHECK((evidence.by_drive() != nullptr) == unable[i].is_told);
      CHECK(evidence.canaries().has_value() == unable[i].is_told);
    }
  }

  TEST_CASE("whatever an honest erase leaves behind, all is read back as we wrote it") {
    for (const std::byte left : {std::byte{0}, std::byte{0xFF}, std::byte{0xC7}}) {
      const Stay erased = job_by_drive(47, EraseCommand::SecurityEraseEnhanced, {.leaves_after_erase = left}, {});
      CHECK(hold(erased, 47, all_breaches).targets[0].evidence->is_erased_by_drive());
      const Stay scrambled = job_by_drive(47, EraseCommand::NvmeSanitizeCrypto, {}, {.leaves = left});
      CHECK(hold(scrambled, 47, all_breaches).targets[0].evidence->is_erased_by_drive());
    }
  }

  TEST_CASE("a sanitize that neither moves nor ends is given up, and the drive is not erased") {
    for (const EraseCommand command : {EraseCommand::SanitizeBlock, EraseCommand::NvmeSanitizeBlock}) {
      const Stay stay = job_by_drive(53, command, {.sanitize_sticks_at = 2}, {.sanitize_sticks_at = 2});
      const Outcome outcome = hold(stay, 53, breaches_of_laws);
      const Evidence& evidence = *outcome.targets[0].evidence;
      CHECK(final_verdict(evidence).kind == VerdictKind::Failed);
      CHECK(final_verdict(evidence).reasons.front().name == Sentence::ReasonEraseStuck);
    }
  }

  TEST_CASE("a disk locked by somebody else is left as it is, and says so") {
    const AtaTemper locked{.password = std::array<std::byte, 32>{std::byte{1}}, .is_locked = true};
    const Stay stay = job_by_drive(59, EraseCommand::SecurityErase, locked, {});
    const Outcome outcome = hold(stay, 59, breaches_of_laws);
    const Evidence& evidence = *outcome.targets[0].evidence;
    CHECK(static_cast<Stop>(evidence.state().ended->stop) == Stop::DriveLocked);
    CHECK(final_verdict(evidence).kind == VerdictKind::Failed);
  }

  TEST_CASE("law 3: a drive that refuses the first command is told the next, whenever the power goes") {
    Count count;
    Stay stay = job_by_drive(71, EraseCommand::SecurityEraseEnhanced, {.is_sanitize_frozen = true}, {});
    stay.targets[0].drive_erases = {EraseCommand::SanitizeCrypto, EraseCommand::SecurityEraseEnhanced,
                                    EraseCommand::SecurityErase};
    const Outcome quiet = hold(stay, 71, all_breaches);
    const Evidence& evidence = *quiet.targets[0].evidence;
    REQUIRE(evidence.drive_erases().size() == 2);  // The third was not needed.
    CHECK(evidence.drive_erases()[0].report().outcome == EraseOutcome::Frozen);
    CHECK(evidence.by_drive()->report().command == EraseCommand::SecurityEraseEnhanced);
    CHECK(evidence.is_erased_by_drive());
    hold_at_every_cut(stay, count);
    MESSAGE(count.text());
  }

  TEST_CASE("a laptop on its battery: no command that must not be cut off, and nothing else either") {
    for (const bool uncovers : {false, true}) {
      CAPTURE(uncovers);
      Stay stay = job_by_drive(73, EraseCommand::SecurityErase, {}, {});
      if (uncovers) stay.targets[0].drive_erases.clear();
      if (uncovers) stay.targets[0].firmware = AtaTemper{.set_blocks = 40};
      Boot unplugged;
      unplugged.plan.power = {{0s, {true, false, 80U}}};
      Boot plugged;
      plugged.plan.power = {{0s, {true, true, 80U}}};
      stay.boots = {unplugged, plugged};

      const Outcome outcome = hold(stay, 73, breaches_of_laws);

      const RunEnded& refused = *outcome.boots[0].ends[0];
      CHECK(refused.end == RunEnd::Failed);
      CHECK(static_cast<Stop>(refused.stop) == Stop::MainsNeeded);
      CHECK(outcome.boots[1].ends[0]->end == RunEnd::Finished);
      CHECK(final_verdict(*outcome.targets[0].evidence).kind == VerdictKind::Erased);
    }
  }

  TEST_CASE("mains goes during an overwrite: it goes on, stops at a tenth of the battery, and is resumed") {
    Stay stay = whole_job(79, "zero");
    stay.targets[0].has_image = false;
    Boot draining;  // Each write takes ten seconds.
    draining.plan.drives[0].add({.kind = FaultKind::Hang, .from = 1, .times = 4, .span = 10s});
    draining.plan.power = {{0s, {true, true, 50U}}, {2s, {true, false, 50U}}, {12s, {true, false, 10U}}};
    stay.boots = {draining, Boot{}};

    const Outcome outcome = hold(stay, 79, breaches_of_laws);

    const RunEnded& stopped = *outcome.boots[0].ends[0];
    CHECK(stopped.end == RunEnd::Cancelled);
    CHECK(static_cast<Stop>(stopped.stop) == Stop::BatteryLow);
    const Evidence& evidence = *outcome.targets[0].evidence;
    CHECK(evidence.state().interruptions.size() == 1);
    CHECK(final_verdict(evidence).kind == VerdictKind::Erased);
  }

  TEST_CASE("on a battery checkpoints come every ten seconds") {
    const auto checkpoints = [](const PowerFacts& power) {
      Stay stay = whole_job(83, "zero");
      stay.targets[0].has_image = false;
      stay.workers = 1;
      stay.chunk_bytes = 4096;
      stay.checkpoint_interval = 30s;
      stay.targets[0].geometry.block_count = 512;  // 64 chunks of two seconds each, and as much for each flush.
      Boot slow;
      slow.plan.drives[0].add({.kind = FaultKind::Hang, .from = 1, .times = 400, .span = 2s});
      slow.plan.power = {{0s, power}};
      stay.boots = {slow};
      const Outcome outcome = hold(stay, 83, breaches_of_laws);
      const auto& lines = outcome.journal_text.value().lines;
      return std::ranges::count_if(
          lines, [](const JournalLine& line) { return std::holds_alternative<Checkpoint>(line.event); });
    };
    const auto plugged = checkpoints({true, true, 80U});
    const auto unplugged = checkpoints({true, false, 80U});
    CHECK(plugged >= 2);
    CHECK(plugged <= 5);
    CHECK(unplugged >= 9);
  }

  TEST_CASE("laws 1, 2 and 4 hold whatever goes wrong with drives that hide, lock, refuse, lie and erase themselves") {
    Count count;
    for (const std::uint64_t seed : seeds(1000)) count.add(hold(draw_firmware_stay(seed), seed, breaches_of_laws));
    MESSAGE(count.text());
  }

  TEST_CASE("canaries that cannot be read after the drive's erase are not counted as gone") {
    Stay stay = job_by_drive(61, EraseCommand::SanitizeBlock, {}, {});
    Boot boot;
    // Eight writes, a flush and eight reads put the canaries there: the next read of block 9 is that of the search.
    boot.plan.drives[0].add({.kind = FaultKind::ReadError, .from = 18, .blocks = LbaRange{9, 1}, .times = 2});
    stay.boots = {boot};
    const Outcome outcome = hold(stay, 61, breaches_of_laws);
    const Evidence& evidence = *outcome.targets[0].evidence;
    REQUIRE(evidence.canaries());
    CHECK(evidence.canaries()->placed == 64);
    CHECK(evidence.canaries()->unread > 0);
    CHECK(evidence.canaries()->gone + evidence.canaries()->unread == 64);
    CHECK_FALSE(evidence.is_erased_by_drive());
    CHECK(final_verdict(evidence).kind == VerdictKind::Erased);  // By our overwrite.
  }

  TEST_CASE("the n-th operation fails around each erase of the drive's own") {
    Count count;
    for (const EraseCommand command : {EraseCommand::SecurityErase, EraseCommand::SanitizeOverwrite,
                                       EraseCommand::NvmeSanitizeBlock, EraseCommand::NvmeFormatCrypto}) {
      const Stay quiet = job_by_drive(67, command, {}, {});
      const std::uint64_t operations = operations_of(quiet);
      for (std::uint64_t n = 1; n <= operations; ++n) {
        Stay stay = quiet;
        stay.boots = {Boot{.plan = {.fail_at = n}}};
        count.add(hold(stay, n, breaches_of_laws));
      }
    }
    MESSAGE(count.text());
  }

  TEST_CASE("law 3: the power goes again and again, with several drives") {
    Count count;
    for (const std::uint64_t seed : seeds(300)) {
      SeededRandom random(seed, "cuts");
      Stay stay = draw_quiet_stay(random);
      const std::uint64_t operations = operations_of(stay);
      stay.boots.clear();
      const std::uint64_t cuts = random.between(1, 4);
      for (std::uint64_t i = 0; i < cuts; ++i)
        stay.boots.push_back({.plan = {.cut_power_at = random.between(1, operations)}});
      count.add(hold(stay, seed, all_breaches));
    }
    MESSAGE(count.text());
  }

  TEST_CASE("law 3: the power goes at every operation of a repair, and the drive ends up the same") {
    Count count;
    Stay quiet = whole_job(11, "zero");
    quiet.targets[0].is_repaired = true;
    hold_at_every_cut(quiet, count);
    MESSAGE(count.text());
  }

  TEST_CASE("whatever goes wrong with a repair, what is said of it is so") {
    Count count;
    for (const std::uint64_t seed : seeds(400)) {
      Stay stay = draw_stay(seed);
      for (Target& target : stay.targets) {
        target.geometry.block_count = std::max(target.geometry.block_count, kFakeImageBlocks);
        target.has_image = target.is_repaired = true;
        target.verify = Verify::Full;
      }
      count.add(hold(stay, seed, breaches_of_laws));
    }
    MESSAGE(count.text());
  }

  TEST_CASE("a bad sector under the image is tried again, named, and the drive never looks finished") {
    for (const bool fails_always : {true, false}) {
      CAPTURE(fails_always);
      Stay stay = whole_job(5, "zero");
      stay.targets[0].is_repaired = true;
      constexpr LbaRange kBad{25, 1};  // Not among what lies there already.
      FaultPlan plan;
      plan.add({.kind = FaultKind::WriteError, .blocks = kBad, .times = fails_always ? kAlways : 1});
      Boot boot;
      boot.plan.drives[0] = plan;
      stay.boots = {boot};
      const Outcome outcome = play_aloud(stay);

      const Breaches breaches = breaches_of_laws(stay, outcome);
      CHECK_MESSAGE(breaches.empty(), to_text(stay), to_text(breaches));
      const Evidence& evidence = *outcome.targets[0].evidence;
      const RunEnded& end = *evidence.state().ended;
      CHECK(evidence.image_finished() == !fails_always);
      if (!fails_always) continue;
      CHECK(end.end == RunEnd::Failed);
      CHECK(static_cast<Stop>(end.stop) == Stop::WriteErrors);
      REQUIRE(evidence.bad_ranges().size() == 1);  // What of its physical block was to be written.
      const BadRange bad = evidence.bad_ranges().front();
      CHECK(bad.during == "write");
      CHECK(LbaRange{24, 8}.covers(LbaRange{bad.first, bad.count}));
      CHECK(LbaRange{bad.first, bad.count}.covers(kBad));
      CHECK(final_verdict(evidence).kind == VerdictKind::Failed);
      CHECK(std::ranges::all_of(std::span(outcome.targets[0].platter).first(512),
                                [](std::byte byte) { return byte == std::byte{0}; }));
    }
  }

  TEST_CASE("an image that is pulled away in the middle ends the run, and the drive never looks finished") {
    for (const bool is_repaired : {true, false}) {
      CAPTURE(is_repaired);
      Stay stay = whole_job(6, "zero");
      stay.targets[0].is_repaired = is_repaired;
      stay.image_pulled_at = 1;
      const Outcome outcome = play_aloud(stay);

      const Breaches breaches = breaches_of_laws(stay, outcome);
      CHECK_MESSAGE(breaches.empty(), to_text(stay), to_text(breaches));
      const Evidence& evidence = *outcome.targets[0].evidence;
      CHECK(evidence.state().ended->end == RunEnd::Failed);
      CHECK(static_cast<Stop>(evidence.state().ended->stop) == Stop::ImageDamaged);
      CHECK_FALSE(evidence.image_finished());
      CHECK(final_verdict(evidence).kind == VerdictKind::Failed);
      CHECK(std::ranges::all_of(std::span(outcome.targets[0].platter).first(512),
                                [](std::byte byte) { return byte == std::byte{0}; }));
    }
  }

  TEST_CASE("the n-th operation fails, for every n") {
    Count count;
    const std::uint64_t all = std::max(operations_of(whole_job(3, "zero")), operations_of(whole_job(3, "random")));
    for (const std::uint64_t n : seeds(all)) {
      Stay stay = whole_job(3, n % 2 == 0 ? "zero" : "random");
      stay.boots = {Boot{.plan = {.fail_at = n}}};
      count.add(hold(stay, n, breaches_of_laws));
    }
    MESSAGE(count.text());
  }

  TEST_CASE("law 4: one drive hangs for ever at any operation, the others finish") {
    const std::vector<std::uint64_t> range = seeds(40);
    std::uint64_t hangs = 0;
    for (const std::uint64_t seed : range) {
      SeededRandom random(seed, "hang");
      Stay stay = whole_job(seed, "zero");
      stay.targets.resize(3, stay.targets[0]);
      const std::size_t hanging = random.below(3);
      Boot boot;
      boot.plan.drives[hanging] = FaultPlan{}.hang(random.between(1, 60), kForEver);
      stay.boots = {boot};
      const Outcome outcome = hold(stay, seed, breaches_of_laws);
      for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(seed);
        CAPTURE(i);
        const std::optional<RunEnded>& end = outcome.boots[0].ends[i];
        REQUIRE(end);
        const bool hung = was_struck(outcome.targets[i], FaultKind::Hang);  // Not after its last operation.
        CHECK((i == hanging || !hung));
        CHECK(end->end == (hung ? RunEnd::Stalled : RunEnd::Finished));
        hangs += hung;
      }
    }
    CHECK(hangs > range.size() / 2);
  }

  TEST_CASE("law 4: the stick hangs for ever at any operation, and a drive too; somebody still tells") {
    for (const std::uint64_t seed : seeds(60)) {
      SeededRandom random(seed, "stick hangs");
      Stay stay = whole_job(seed, "zero");
      stay.targets.resize(2, stay.targets[0]);
      Boot boot;
      boot.plan.stick = {
          {.kind = StickFaultKind::Hang, .from = random.between(1, 30), .times = kAlways, .span = kForEver}};
      if (random.one_in(2)) boot.plan.drives[0] = FaultPlan{}.hang(random.between(1, 60), kForEver);
      stay.boots = {boot};
      hold(stay, seed, breaches_of_laws);
    }
  }

  TEST_CASE("the same seed gives the same trace twice, another seed another one") {
    for (const std::uint64_t seed : seeds(40)) {
      Stay stay = draw_stay(seed);
      const Outcome once = play_aloud(stay);
      const Outcome twice = play_aloud(stay);
      CHECK_MESSAGE(once.trace == twice.trace, "RELANCE_SEED=", seed);
      CHECK(once.journal == twice.journal);
      ++stay.seed;
      CHECK_MESSAGE(play_aloud(stay).trace != once.trace, "RELANCE_SEED=", seed);
    }
  }
}

}  // namespace
}  // namespace relance
