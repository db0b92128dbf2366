#include "wiper/sim/simulated_stick.h"

#include <algorithm>
#include <set>

#include "wiper/sim/simulated_executor.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

constexpr nanoseconds kSlowestCall = std::chrono::milliseconds(3);

Result<void> check_path(const std::string& path) {
  if (stays_inside(path)) return {};
  return Error{Errc::Invalid, Stop::Internal, "'" + path + "' is no path on the stick"};
}

}  // namespace

std::string to_text(const std::vector<StickFault>& faults) {
  std::string text;
  for (const StickFault& fault : faults) {
    if (!text.empty()) text += ", ";
    text += std::string(name_of(fault.kind)) + " from " + std::to_string(fault.from);
    text += fault.times == kAlways ? " always" : " " + std::to_string(fault.times) + " times";
  }
  return text.empty() ? "no fault" : text;
}

Result<void> SimulatedStick::append(const std::string& path, std::span<const std::byte> bytes) {
  TRY(check_path(path));
  const Outcome outcome = act(Sort::Appends, "append " + path);
  const std::lock_guard lock(mutex_);
  if (!outcome.answer.ok() && !outcome.may_have_happened) return outcome.answer;
  const std::size_t landed =
      outcome.answer.ok() ? bytes.size() : static_cast<std::size_t>(random_.below(bytes.size() + 1));
  Bytes& file = files_[path];
  file.insert(file.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(landed));
  landings_.push_back({path, file.size(), seam_ ? seam_->operations() : 0});
  return outcome.answer;
}

Result<void> SimulatedStick::publish(const std::string& path, std::span<const std::byte> bytes) {
  TRY(check_path(path));
  const Outcome outcome = act(Sort::Publishes, "publish " + path);
  const std::lock_guard lock(mutex_);
  const bool happens = outcome.answer.ok() || (outcome.may_have_happened && random_.one_in(2));
  if (!happens) return outcome.answer;
  const bool is_new = files_.try_emplace(path, bytes.begin(), bytes.end()).second;
  if (!is_new) return Error{Errc::Refused, Stop::RecordTaken, path + " exists already"};
  return outcome.answer;
}

Result<Bytes> SimulatedStick::read(const std::string& path) {
  TRY(check_path(path));
  TRY(act(Sort::Reads, "read " + path).answer);
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(path);
  if (found == files_.end()) return Error{Errc::Invalid, Stop::Unspecified, "no such file on the stick: " + path};
  return found->second;
}

Result<std::vector<std::string>> SimulatedStick::list(const std::string& folder) {
  TRY(check_path(folder));
  TRY(act(Sort::Reads, "list " + folder).answer);
  const std::lock_guard lock(mutex_);
  std::set<std::string> names;
  const std::string inside = folder + "/";
  for (const auto& [path, bytes] : files_)
    if (path.starts_with(inside))
      names.insert(path.substr(inside.size(), path.find('/', inside.size()) - inside.size()));
  return std::vector<std::string>(names.begin(), names.end());
}

bool SimulatedStick::exists(const std::string& path) {
  if (!check_path(path).ok() || !act(Sort::Reads, "exists " + path).answer.ok()) return false;
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(
      files_, [&](const auto& file) { return file.first == path || file.first.starts_with(path + "/"); });
}

Result<void> SimulatedStick::try_out() { return act(Sort::Publishes, "try out").answer; }

void SimulatedStick::plug_into(std::shared_ptr<Seam> seam) {
  seam_ = std::move(seam);
  const std::lock_guard lock(mutex_);
  operations_ = 0;
  faults_.clear();
  landings_.clear();
}

void SimulatedStick::lay(std::vector<StickFault> faults) {
  const std::lock_guard lock(mutex_);
  faults_ = std::move(faults);
}

std::map<std::string, Bytes> SimulatedStick::files() const {
  const std::lock_guard lock(mutex_);
  return files_;
}

std::vector<SimulatedStick::Landing> SimulatedStick::landings() const {
  const std::lock_guard lock(mutex_);
  return landings_;
}

SimulatedStick::Outcome SimulatedStick::act(Sort sort, const std::string& what) {
  const Seam::Turn turn = seam_ ? seam_->enter("stick " + what) : Seam::Turn::Acts;
  if (turn == Seam::Turn::Off) return {.answer = no_power()};
  if (turn == Seam::Turn::LosesPower) return {.answer = no_power(), .may_have_happened = true};
  if (turn == Seam::Turn::Fails) return strike({.kind = StickFaultKind::TornAppend});
  if (const std::optional<StickFault> fault = next_fault(sort)) return strike(*fault);
  const auto span = nanoseconds(1 + static_cast<std::int64_t>(draw_below(kSlowestCall.count())));
  if (seam_ && !seam_->spend(span)) return {.answer = no_power(), .may_have_happened = true};
  return {.answer = {}};
}

SimulatedStick::Outcome SimulatedStick::strike(const StickFault& fault) {
  switch (fault.kind) {
    case StickFaultKind::Full:
      return {.answer = Error{Errc::Io, Stop::StickFull, "the stick is full"}, .may_have_happened = true};
    case StickFaultKind::ReadOnly:
      return {.answer = Error{Errc::Refused, Stop::StickReadOnly, "the stick is read-only"}};
    case StickFaultKind::Pulled:
      return {.answer = Error{Errc::Gone, Stop::StickGone, "the stick was pulled"}};
    case StickFaultKind::ReadError:
    case StickFaultKind::TornAppend:
      return {.answer = Error{Errc::Gone, Stop::StickGone, "the stick answers with errors"}, .may_have_happened = true};
    case StickFaultKind::Hang:
      break;
  }
  require(seam_ != nullptr, "a stick that hangs needs the seam of a boot");
  const bool is_on = fault.span == kForEver ? seam_->spend_until(kNoDeadline) : seam_->spend(fault.span);
  if (!is_on) return {.answer = no_power(), .may_have_happened = true};
  return {.answer = {}};
}

bool SimulatedStick::strikes_at(StickFaultKind kind, Sort sort) {
  switch (kind) {
    case StickFaultKind::Full:
    case StickFaultKind::ReadOnly:
      return sort != Sort::Reads;
    case StickFaultKind::TornAppend:
      return sort == Sort::Appends;
    case StickFaultKind::ReadError:
      return sort == Sort::Reads;
    case StickFaultKind::Pulled:
    case StickFaultKind::Hang:
      return true;
  }
  return false;
}

std::optional<StickFault> SimulatedStick::next_fault(Sort sort) {
  const std::lock_guard lock(mutex_);
  ++operations_;
  for (StickFault& fault : faults_) {
    if (fault.times == 0 || operations_ < fault.from || !strikes_at(fault.kind, sort)) continue;
    if (fault.times != kAlways) --fault.times;
    return fault;
  }
  return std::nullopt;
}

std::uint64_t SimulatedStick::draw_below(std::uint64_t bound) {
  const std::lock_guard lock(mutex_);
  return random_.below(bound);
}

}  // namespace relance
