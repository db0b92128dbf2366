#include "tests/laws/laws.h"

#include <algorithm>
#include <set>

#include "wiper/base/crc32.h"

namespace relance {
namespace {

bool was_written_by_strangers(const Stay& stay, std::size_t target) {
  return std::ranges::any_of(stay.boots, [&](const Boot& boot) {
    return std::ranges::any_of(boot.foreign, [&](const ForeignWrite& each) { return each.target == target; });
  });
}

ExtentSet listed(const Evidence& evidence) {
  ExtentSet listed;
  for (const BadRange& bad : evidence.bad_ranges()) listed.add({bad.first, bad.count});
  return listed;
}

ExtentSet differing(const Bytes& wanted, const Bytes& actual, const Geometry& geometry) {
  const LbaRange whole = geometry.whole();
  return differing_blocks(std::span(&whole, 1), geometry.logical_bytes, actual, wanted);
}

// A line of the journal as it came to the stick: parsed by hand, since a law does not ask the code.
struct LandedLine {
  std::string text;
  std::uint64_t at_operation = 0;

  bool is(std::string_view tag, std::string_view event) const {
    const auto drive = text.find('|');
    return is_whole() && text.substr(drive + 1).starts_with(std::string(tag) + "|") &&
           text.find("{\"event\":\"" + std::string(event) + "\"") != std::string::npos;
  }
  bool is_whole() const {
    const auto bar = text.rfind('|');
    if (bar == std::string::npos) return false;
    Bytes crc(4);
    store_be<std::uint32_t>(crc, crc32(as_bytes(std::string_view(text).substr(0, bar))));
    return text.substr(bar + 1) == to_hex(crc);
  }
};

// Each line where it landed first, in whichever copy, by boot. Without its newline it is torn.
std::vector<std::vector<LandedLine>> lines_by_boot(const Outcome& outcome) {
  std::vector<std::vector<LandedLine>> all;
  std::map<std::string, std::size_t> sizes;  // Of each copy, so far.
  std::set<std::string> known;
  for (const BootOutcome& boot : outcome.boots) {
    std::vector<LandedLine>& lines = all.emplace_back();
    for (const SimulatedStick::Landing& landing : boot.landings) {
      const auto copy = outcome.journal.find(landing.path);
      if (copy == outcome.journal.end()) continue;
      std::size_t& size = sizes[landing.path];
      std::string_view piece = std::string_view(copy->second).substr(size, landing.size_bytes - size);
      size = landing.size_bytes;
      for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
        LandedLine line{std::string(piece.substr(0, end)), landing.at_operation};
        if (known.insert(line.text).second) lines.push_back(std::move(line));
        piece.remove_prefix(end + 1);
      }
    }
  }
  return all;
}

// What the drive honestly read for the last comparison of the erase: behind the last write before the stick knew of it (it
// may hear of it late), up to the next write.
ExtentSet read_after_erase(const TargetOutcome& target, std::size_t number, const Outcome& outcome) {
  const std::vector<Step>& steps = target.evidence->plan().steps;
  std::size_t compare = steps.size();
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].kind == StepKind::Compare && steps[i].role == StepRole::Erase) compare = i;
  const std::string step = "\"step\":" + std::to_string(compare) + ",";
  const auto lines = lines_by_boot(outcome);
  ExtentSet read;
  for (std::size_t boot = 0; boot < lines.size(); ++boot)
    for (const LandedLine& line : lines[boot]) {
      if (!line.is(tag_of(number), "step-started") || line.text.find(step) == std::string::npos) continue;
      std::uint64_t last_write_ended = 0;
      std::uint64_t next_write_began = kAlways;
      for (const Access& access : target.accesses[boot]) {
        if (access.operation != DriveOperation::Write) continue;
        if (access.began_at < line.at_operation)
          last_write_ended = std::max(last_write_ended, access.ended_at);
        else
          next_write_began = std::min(next_write_began, access.began_at);
      }
      read = {};
      for (const Access& access : target.accesses[boot]) {
        const bool is_honest =
            access.operation == DriveOperation::Read && access.ok && access.fault != FaultKind::ReadNothing;
        if (is_honest && access.began_at >= last_write_ended && access.ended_at <= next_write_began)
          read.add(access.range);
      }
    }
  return read;
}

class Judge {
 public:
  Judge(const Stay& stay, const Outcome& outcome, std::size_t number)
      : stay_(stay),
        outcome_(outcome),
        number_(number),
        target_(outcome.targets[number]),
        evidence_(*target_.evidence) {}

  Breaches breaches() {
    const Geometry& geometry = target_.target.geometry;
    const ExtentSet first_life = blocks_of(kDonor, target_.platter, geometry.logical_bytes);
    for (const LbaRange range : first_life.ranges())
      if (!evidence_.proven_erased().cropped(range).empty())
        say("proven and yet of the first life: " + to_text(ExtentSet{range}));

    const Verdict verdict = final_verdict(evidence_);
    if (verdict.kind == VerdictKind::Erased) judge_erased(first_life);
    if (evidence_.image_finished() && evidence_.state().ended && evidence_.state().ended->end == RunEnd::Finished)
      judge_platter(/*is_deployed=*/true);
    return std::move(breaches_);
  }

 private:
  void judge_erased(const ExtentSet& first_life) {
    const LbaRange whole = target_.target.geometry.whole();
    if (!listed(evidence_).empty()) say("EFFACE with bad blocks " + to_text(listed(evidence_)));
    if (!first_life.empty()) say("EFFACE with the first life in " + to_text(first_life));
    const ExtentSet read = read_after_erase(target_, number_, outcome_);
    if (!read.covers(whole)) say("EFFACE without having read " + to_text(read.complement(whole)));
    if (!target_.target.has_image) judge_platter(/*is_deployed=*/false);
  }

  // What strangers and misdirected writes leave behind the last comparison nobody can know; nor which writes of an erase were
  // lost that was not read back whole, and says so.
  void judge_platter(bool is_deployed) {
    const bool was_misdirected = is_deployed && was_struck(target_, FaultKind::MisdirectedWrite);
    if (was_written_by_strangers(stay_, number_) || was_misdirected) return;
    const Geometry& geometry = target_.target.geometry;
    ExtentSet wrong = differing(wanted_platter(*evidence_.state().started, is_deployed), target_.platter, geometry);
    const bool some_were_lost = was_struck(target_, FaultKind::LostWrite) || was_struck(target_, FaultKind::TornWrite);
    const bool may_be_lost = !reads_all(target_.target.verify) && some_were_lost;
    if (is_deployed && may_be_lost) wrong = without(wrong, deployed_blocks(geometry).complement(geometry.whole()));
    if (!wrong.empty())
      say(std::string(is_deployed ? "deployed" : "EFFACE") + ", and the platter is not as planned in " +
          to_text(wrong));
  }

  void say(const std::string& sentence) {
    breaches_.push_back("law 1, target " + std::to_string(number_) + ": " + sentence);
  }

  const Stay& stay_;
  const Outcome& outcome_;
  const std::size_t number_;
  const TargetOutcome& target_;
  const Evidence& evidence_;
  Breaches breaches_;
};

void append(Breaches& all, Breaches more) { all.insert(all.end(), more.begin(), more.end()); }

// In each boot the stick knew of the run, or of its going on, before the first write began.
Breaches writes_before_announcement(const Outcome& outcome) {
  Breaches breaches;
  const auto lines = lines_by_boot(outcome);
  for (std::size_t i = 0; i < outcome.targets.size(); ++i)
    for (std::size_t boot = 0; boot < outcome.boots.size(); ++boot) {
      const auto& accesses = outcome.targets[i].accesses[boot];
      const auto first = std::ranges::min_element(accesses, {}, [](const Access& access) {
        return access.operation == DriveOperation::Write ? access.began_at : kAlways;
      });
      if (first == accesses.end() || first->operation != DriveOperation::Write) continue;
      const bool was_announced = std::ranges::any_of(lines[boot], [&](const LandedLine& line) {
        return line.at_operation <= first->began_at &&
               (line.is(tag_of(i), "run-started") || line.is(tag_of(i), "run-resumed"));
      });
      if (!was_announced)
        breaches.push_back("law 2, target " + std::to_string(i) + ": written in boot " + std::to_string(boot + 1) +
                           " before the stick knew");
    }
  return breaches;
}

// LBA 0 makes the drive look finished, so it may hold the finish only when all the rest does.
Breaches shows_finish_too_early(const TargetOutcome& target, const Bytes& platter) {
  if (!target.target.has_image || !target.evidence) return {};
  const Geometry& geometry = target.target.geometry;
  ExtentSet missing = differing(wanted_platter(*target.evidence->state().started, true), platter, geometry);
  if (missing.covers(LbaRange{0, 1})) return {};
  ExtentSet unfinished;
  const ExtentSet finish = finish_blocks(geometry);
  for (const LbaRange range : finish.ranges()) unfinished.add(missing.cropped(range));
  if (unfinished.empty()) return {};
  return {"law 3: LBA 0 is finished and these are not: " + to_text(unfinished)};
}

}  // namespace

bool was_struck(const TargetOutcome& target, FaultKind by) {
  return std::ranges::any_of(target.accesses, [&](const std::vector<Access>& boot) {
    return std::ranges::any_of(boot, [&](const Access& access) { return access.fault == by; });
  });
}

Breaches never_lies(const Stay& stay, const Outcome& outcome) {
  Breaches all;
  for (std::size_t i = 0; i < outcome.targets.size(); ++i)
    if (outcome.targets[i].evidence && !outcome.targets[i].was_replaced)
      append(all, Judge(stay, outcome, i).breaches());
  return all;
}

Breaches stays_in_its_radius(const Outcome& outcome) {
  Breaches all = outcome.broken;
  append(all, writes_before_announcement(outcome));
  return all;
}

Breaches resumes_invisibly(const Outcome& outcome) {
  Breaches all;
  for (std::size_t i = 0; i < outcome.targets.size(); ++i) {
    const TargetOutcome& target = outcome.targets[i];
    const std::string who = "law 3, target " + std::to_string(i) + ": ";
    for (const BootOutcome& boot : outcome.boots) append(all, shows_finish_too_early(target, boot.platters[i]));
    const bool may_deploy = reads_all(target.target.verify) || target.target.takes_reserve;
    const RunEnd wanted_end = target.target.has_image && !may_deploy ? RunEnd::Failed : RunEnd::Finished;
    if (!target.evidence || !target.evidence->state().ended || target.evidence->state().ended->end != wanted_end) {
      all.push_back(who + "the run did not end as " + std::string(name_of(wanted_end)));
      continue;
    }
    const bool is_deployed = target.target.has_image && may_deploy;
    const ExtentSet wrong = differing(wanted_platter(*target.evidence->state().started, is_deployed), target.platter,
                                      target.target.geometry);
    if (!wrong.empty()) all.push_back(who + "other bytes than without power cuts in " + to_text(wrong));
    const VerdictKind wanted = target.target.is_repaired ? VerdictKind::NotErased : VerdictKind::Erased;
    if (reads_all(target.target.verify) && final_verdict(*target.evidence).kind != wanted)
      all.push_back(who + "not " + std::string(name_of(wanted)));
    std::size_t resumed = 0;
    for (const auto& lines : lines_by_boot(outcome))
      resumed += std::ranges::any_of(lines, [&](const LandedLine& line) { return line.is(tag_of(i), "run-resumed"); });
    const std::size_t told = target.evidence->state().interruptions.size();
    if (told != resumed)
      all.push_back(who + std::to_string(told) + " interruptions told of " + std::to_string(resumed));
  }
  return all;
}

Breaches is_never_silent(const Stay& stay, const Outcome& outcome) {
  Breaches all;
  for (std::size_t boot = 0; boot < outcome.boots.size(); ++boot) {
    const BootOutcome& each = outcome.boots[boot];
    if (each.lost_power) continue;
    const bool stick_was_well =
        boot >= stay.boots.size() || (stay.boots[boot].plan.stick.empty() && stay.boots[boot].plan.fail_at == 0);
    const bool has_jobs = std::ranges::find(each.began, true) != each.began.end();
    if (has_jobs && stick_was_well && !each.is_settled)
      all.push_back("law 4: the journal was not saved though the stick was well");
    for (std::size_t i = 0; i < each.ends.size(); ++i)
      if (each.began[i] && !each.ends[i])
        all.push_back("law 4, target " + std::to_string(i) + ": no end in boot " + std::to_string(boot + 1));
  }
  const Result<JournalText> text = outcome.journal_text;
  if (!text.ok()) return all;
  std::map<std::string, int> ends;
  for (const JournalLine& line : text.value().lines) {
    const bool begins =
        std::holds_alternative<RunStarted>(line.event) || std::holds_alternative<RunResumed>(line.event);
    if (begins) ends[line.drive] = 0;
    if (std::holds_alternative<RunEnded>(line.event) && ++ends[line.drive] > 1)
      all.push_back("law 4, drive " + line.drive + ": two ends of one run");
  }
  return all;
}

Breaches breaches_of_laws(const Stay& stay, const Outcome& outcome) {
  Breaches all = never_lies(stay, outcome);
  append(all, stays_in_its_radius(outcome));
  append(all, is_never_silent(stay, outcome));
  return all;
}

std::string to_text(const Breaches& breaches) {
  std::string text;
  for (const std::string& each : breaches) text += "  " + each + "\n";
  return text;
}

}  // namespace relance
