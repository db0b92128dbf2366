#include "imager/deploy/trial_files.h"

#include "imager/deploy/system_files.h"
#include "imager/partition/read_layout.h"
#include "wiper/plan/plan.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestResult = 64 * 1024;  // What parses is far smaller; what does not is said to be wrong.
constexpr const char* kTrialService = "etc/systemd/system/relance-trial.service";
constexpr const char* kTrialServiceLink = "etc/systemd/system/multi-user.target.wants/relance-trial.service";
constexpr const char* kTrialProgram = "usr/lib/relance/trial";

Error no_such(std::string_view name) {
  return {Errc::Invalid, Stop::Internal, "the end of a trial has no content '" + std::string(name) + "'"};
}

}  // namespace

Result<FoundTrial> find_trial(BlockReader& drive, const std::string& word) {
  const Layout layout = TRY(read_layout(drive));
  for (const LayoutPartition& each : layout.partitions) {
    PartitionBytes bytes(drive, each.range);
    if (!read_ext4_facts(bytes).ok()) continue;
    const std::optional<Bytes> marker = TRY(read_ext4_file(bytes, trial_name_file(word), 0));
    if (!marker) continue;
    FoundTrial found{each.range, std::nullopt};
    found.result = TRY(read_ext4_file(bytes, kTrialResultFile, kLargestResult));
    return found;
  }
  return Error{Errc::Refused, Stop::TrialFailed, "no system on the drive awaits trial " + word};
}

Result<std::shared_ptr<Content>> TrialEndContents::make(const ContentRequest& request) { return no_such(request.name); }

Result<Overlay> TrialEndContents::make_overlay(const ContentRequest& request, BlockReader& drive) {
  if (request.name != kTrialEndOverlay) return no_such(request.name);
  const FoundTrial found = TRY(find_trial(drive, word_));
  const std::uint32_t block_bytes = request.geometry.logical_bytes;
  PartitionBytes held(drive, found.partition);
  const Ext4Facts facts = TRY(read_ext4_facts(held));
  const RefitRequest refit{.size_bytes = facts.size_bytes,
                           .files = {},
                           .removed = {kTrialServiceLink, kTrialService, kTrialProgram, kTrialResultFile,
                                       trial_name_file(word_), kTrialFile},
                           .zeros = {}};
  const ChangedBlocks changes = TRY(refit_ext4(*tools_, held, refit));
  Overlay overlay(block_bytes);
  for (const auto& [offset, bytes] : changes) overlay.put(found.partition.first + offset / block_bytes, bytes);
  return overlay;
}

}  // namespace relance
