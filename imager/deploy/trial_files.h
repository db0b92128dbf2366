#pragma once
// The disk of a system that was started once, seen from the stick again: what its trial left there, and how that leaves.
// Nothing is mounted; it is read, and what must change is an overlay like any other.

#include <optional>

#include "wiper/base/tools.h"
#include "wiper/content/contents.h"

namespace relance {

struct FoundTrial {
  LbaRange partition;           // That holds the system.
  std::optional<Bytes> result;  // Nothing: it was not started yet, or did not come to its end.
};

// Of the deployment with that word. Errc::Refused with Stop::TrialFailed: no partition of the drive holds its marker.
Result<FoundTrial> find_trial(BlockReader& drive, const std::string& word);

// kTrialEndOverlay: the same file system without the trial's marker, result, service and script, as e2fsck finds it good.
// ImageHostile: it was not unmounted cleanly, so that its journal may hold more than is read.
class TrialEndContents : public Contents {
 public:
  TrialEndContents(std::shared_ptr<Tools> tools, std::string word) : tools_(std::move(tools)), word_(std::move(word)) {}

  Result<std::shared_ptr<Content>> make(const ContentRequest& request) override;  // Has none.
  Result<Overlay> make_overlay(const ContentRequest& request, BlockReader& drive) override;

 private:
  std::shared_ptr<Tools> tools_;
  std::string word_;
};

}  // namespace relance
