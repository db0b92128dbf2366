#include "wiper/audit/contradiction.h"

#include <algorithm>

#include "wiper/plan/machine_number.h"

namespace relance {
namespace {

bool sorted_and_apart(const std::vector<BadRange>& ranges, std::string_view during, std::uint64_t blocks) {
  std::uint64_t end = 0;
  bool first = true;
  for (const BadRange& range : ranges) {
    if (range.during != during) continue;
    const bool inside = range.count > 0 && range.first < blocks && range.count <= blocks - range.first;
    if (!inside || (!first && range.first <= end)) return false;
    end = range.first + range.count;
    first = false;
  }
  return true;
}

bool is_list_of_bad_ranges(const Certificate& certificate) {
  const auto& ranges = certificate.bad_ranges;
  const bool known = std::ranges::all_of(
      ranges, [](const BadRange& range) { return range.during == "write" || range.during == "read"; });
  const auto by_place = [](const BadRange& one, const BadRange& other) { return one.first < other.first; };
  return known && std::ranges::is_sorted(ranges, by_place) &&
         sorted_and_apart(ranges, "write", certificate.drive.blocks) &&
         sorted_and_apart(ranges, "read", certificate.drive.blocks);
}

bool is_possible(const CertifiedReadBack& read_back) {
  return read_back.equal <= read_back.blocks && read_back.differing <= read_back.blocks &&
         read_back.unreadable <= read_back.blocks &&
         (read_back.percent_equal == 100) == (read_back.equal == read_back.blocks && read_back.blocks > 0);
}

bool is_all(const CertifiedReadBack& read_back) {
  return read_back.blocks > 0 && read_back.equal == read_back.blocks && read_back.differing == 0 &&
         read_back.unreadable == 0;
}

bool says_erased(VerdictKind verdict) {
  return verdict == VerdictKind::Erased || verdict == VerdictKind::ErasedWithReserve;
}

// What was not read back is not proven, and says so.
bool is_possible_image(const CertifiedImage& image, bool says_not_read_back) {
  const bool is_backed = !image.proven || (image.finished && is_all(image.read_back));
  return is_possible(image.read_back) && is_backed && says_not_read_back == (image.finished && !image.proven);
}

bool has_statement(const Certificate& certificate, Sentence sentence) {
  return std::ranges::any_of(certificate.statements,
                             [&](const Statement& each) { return each.name == name_of(sentence); });
}

// A system in place was tried or not, and it is said; what was tried is listed.
bool is_possible_trial(const Certificate& certificate) {
  const bool is_installed = certificate.image && certificate.image->finished;
  if (certificate.trial.has_value() != is_installed) return false;
  if (!certificate.trial) return true;
  const CertifiedTrial& trial = *certificate.trial;
  return (trial.state == TrialState::Done) == !trial.checks.empty() &&
         has_statement(certificate, Sentence::TrialNotDone) == (trial.state == TrialState::NotDone) &&
         has_statement(certificate, Sentence::TrialAwaited) == (trial.state == TrialState::Awaited) &&
         has_statement(certificate, Sentence::TrialDone) == (trial.state == TrialState::Done);
}

// Counts that can be of one search.
bool is_possible(const Canaries& found) {
  return found.placed <= found.planned && found.gone <= found.placed && found.kept <= found.placed - found.gone &&
         found.unread == found.placed - found.gone - found.kept && found.unread_sections <= found.sections &&
         (found.unread == 0) == (found.unread_sections == 0);
}

// Our own writing is no command, and what was never accepted cannot have succeeded.
bool is_possible(const CertifiedByDrive& told) {
  const auto is_possible_command = [](const CertifiedCommand& each) {
    const bool is_done = each.outcome == EraseOutcome::Done;
    return each.command != EraseCommand::Overwrite && (!is_done || (each.accepted && each.progress_seen));
  };
  return !told.commands.empty() && std::ranges::all_of(told.commands, is_possible_command) &&
         (!told.canaries || is_possible(*told.canaries));
}

bool has_survivors(const CertifiedByDrive& told) {
  return says_success(told.commands.back().outcome) && told.canaries && told.canaries->kept > 0;
}

// More than an overwrite is claimed of a drive only that was told to do it, did it, and shows nothing of what was there.
bool may_be_purged(const Certificate& certificate) {
  const std::optional<CertifiedByDrive>& told = certificate.erase.by_drive;
  if (certificate.erase.verdict != VerdictKind::Erased || !told || !told->canaries) return false;
  const Canaries& found = *told->canaries;
  return told->commands.back().outcome == EraseOutcome::Done && found.planned > 0 && found.gone == found.planned;
}

}  // namespace

std::optional<std::string> find_contradiction(const Certificate& certificate) {
  const CertifiedErase& erase = certificate.erase;
  if (!certificate.number.empty() && !parse_machine_number(certificate.number).ok())
    return "the number's check digit is wrong";
  if (certificate.is_trial() != certificate.title.starts_with(kTrialMark))
    return "the title's ESSAI does not fit the drive";
  if (certificate.drive.size_bytes / std::max<std::uint64_t>(1, certificate.drive.logical_block_bytes) !=
      certificate.drive.blocks)
    return "the drive's size is not its blocks";
  if (!is_list_of_bad_ranges(certificate)) return "bad_ranges is no sorted list of ranges on this drive";
  if (!is_possible(erase.read_back) || erase.read_back.blocks != certificate.drive.blocks)
    return "the read-back's counts do not add up";
  if (says_erased(certificate.verdict) && !says_erased(erase.verdict))
    return "the verdict is better than the erase's own";
  if ((says_erased(erase.verdict) && !erase.passes.empty()) != (erase.level != "none"))
    return "the level does not fit the erase";
  if (erase.by_drive && !is_possible(*erase.by_drive)) return "what the drive did by itself does not add up";
  if (erase.by_drive && says_erased(erase.verdict) && has_survivors(*erase.by_drive))
    return "erased, and canaries survived the drive's own erase";
  if (erase.level != "none" && erase.level != "Clear" && erase.level != "Purge") return "no level is called that";
  if (erase.level == "Purge" && !may_be_purged(certificate))
    return "Purge without an erase by the drive that left no canary";
  if (erase.verdict == VerdictKind::Erased && erase.passes.empty()) return "EFFACE without a pass";
  if (says_erased(erase.verdict) == has_statement(certificate, Sentence::DriveNotErased))
    return "erased and not erased at once";
  if (erase.verdict == VerdictKind::Erased && !is_all(erase.read_back))
    return "EFFACE without every block read and equal";
  if (certificate.verdict == VerdictKind::Erased && erase.verdict != VerdictKind::Erased)
    return "EFFACE over an erase with reserve";
  if (certificate.verdict == VerdictKind::Erased && !certificate.bad_ranges.empty()) return "EFFACE with bad ranges";
  if (certificate.image &&
      !is_possible_image(*certificate.image, has_statement(certificate, Sentence::ImageNotReadBack)))
    return "the image's read-back does not fit what is said of it";
  if (certificate.image && says_erased(certificate.verdict) && !certificate.image->finished)
    return "an image that is not finished";
  if (certificate.knows_trial_starts() && !is_possible_trial(certificate))
    return "the trial start does not fit what is said of it";
  if (certificate.knows_ledger() && (!certificate.ledger || certificate.ledger->begun >= certificate.ledger->rank))
    return "no line of a ledger, or one before its own beginning";
  if ((certificate.rank > 1) != certificate.replaces.has_value()) return "the rank does not fit the certificate before";
  return std::nullopt;
}

}  // namespace relance
