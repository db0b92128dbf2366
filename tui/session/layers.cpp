#include "tui/session/layers.h"

#include <algorithm>

#include "wiper/job/erase_content.h"

namespace relance {
namespace {

// Another content where some blocks were overwritten later: those are not compared.
class UnderLater : public Content {
 public:
  UnderLater(std::shared_ptr<Content> whole, ExtentSet later, std::uint32_t block_bytes)
      : whole_(std::move(whole)), later_(std::move(later)), block_bytes_(block_bytes) {}

  ContentIdentity identity() const override { return whole_->identity(); }
  std::uint64_t chunk_count() const override { return whole_->chunk_count(); }
  std::vector<LbaRange> chunk(std::uint64_t index) const override { return whole_->chunk(index); }
  Result<void> fill(std::uint64_t index, std::span<std::byte> bytes) override { return whole_->fill(index, bytes); }
  bool compares_by_hash() const override { return whole_->compares_by_hash(); }
  std::optional<std::byte> constant() const override { return whole_->constant(); }

  // A chunk that was touched has no hash of its own any more: it is compared byte by byte.
  Result<ExtentSet> differing(std::uint64_t index, std::span<const std::byte> actual,
                              std::span<std::byte> scratch) override {
    const std::vector<LbaRange> ranges = whole_->chunk(index);
    const bool is_touched =
        std::any_of(ranges.begin(), ranges.end(), [&](LbaRange range) { return !later_.cropped(range).empty(); });
    if (!is_touched) return whole_->differing(index, actual, scratch);
    const std::span<std::byte> wanted = scratch.first(actual.size());
    TRY(whole_->fill(index, wanted));
    return without(differing_blocks(ranges, block_bytes_, actual, wanted), later_);
  }

 private:
  std::shared_ptr<Content> whole_;
  ExtentSet later_;
  std::uint32_t block_bytes_;
};

// Of another content the chunks that nobody overwrote later: each has its hash.
class Untouched : public Content {
 public:
  Untouched(std::shared_ptr<Content> whole, const ExtentSet& later) : whole_(std::move(whole)) {
    for (std::uint64_t index = 0; index < whole_->chunk_count(); ++index) {
      const std::vector<LbaRange> ranges = whole_->chunk(index);
      const auto is_touched = [&](LbaRange range) { return !later.cropped(range).empty(); };
      if (std::ranges::none_of(ranges, is_touched))
        chunks_.push_back(index);
      else
        for (const LbaRange range : ranges) left_out_.add(range);
    }
    left_out_.subtract(later);
  }
  const ExtentSet& left_out() const { return left_out_; }

  ContentIdentity identity() const override {
    ContentIdentity identity = whole_->identity();
    identity.chunk_count = chunks_.size();
    identity.block_count = 0;
    for (const std::uint64_t index : chunks_) identity.block_count += block_count(whole_->chunk(index));
    return identity;
  }
  std::uint64_t chunk_count() const override { return chunks_.size(); }
  std::vector<LbaRange> chunk(std::uint64_t index) const override { return whole_->chunk(at(index)); }
  Result<void> fill(std::uint64_t index, std::span<std::byte> bytes) override { return whole_->fill(at(index), bytes); }
  bool compares_by_hash() const override { return whole_->compares_by_hash(); }
  Result<ExtentSet> differing(std::uint64_t index, std::span<const std::byte> actual,
                              std::span<std::byte> scratch) override {
    return whole_->differing(at(index), actual, scratch);
  }

 private:
  std::uint64_t at(std::uint64_t index) const { return chunks_.at(static_cast<std::size_t>(index)); }
  std::shared_ptr<Content> whole_;
  std::vector<std::uint64_t> chunks_;
  ExtentSet left_out_;
};

Result<std::shared_ptr<Content>> saved_overlay(const JobState& state, const std::string& name,
                                               const LayerSources& sources) {
  const auto found = std::find_if(state.overlays.rbegin(), state.overlays.rend(),
                                  [&](const OverlaySaved& saved) { return saved.name == name; });
  if (found == state.overlays.rend())
    return Error{Errc::Corrupt, Stop::JournalDamaged, "the journal names no overlay " + name};
  const Bytes file = TRY(sources.stick.read(found->file));
  if (to_hex(sha256(file)) != found->sha256)
    return Error{Errc::Corrupt, Stop::JournalDamaged, found->file + " is not what was saved"};
  Overlay overlay = TRY(Overlay::from_file(file));
  const bool fits = overlay.block_bytes() == sources.geometry.logical_bytes &&
                    ExtentSet{sources.geometry.whole()}.covers(overlay.extents());
  if (!fits) return Error{Errc::Corrupt, Stop::JournalDamaged, found->file + " does not fit this drive"};
  return overlay_content(name, std::make_shared<const Overlay>(std::move(overlay)), OverlayPart::Whole);
}

Result<std::shared_ptr<Content>> layer_of(const Evidence& evidence, const Step& step, const LayerSources& sources,
                                          const ExtentSet& covered) {
  const RunStarted& started = *evidence.state().started;
  if (step.is_overlay) return saved_overlay(evidence.state(), step.content, sources);
  if (step.role == StepRole::Erase)
    return erase_content(started, step, sources.geometry, covered.complement(sources.geometry.whole()));
  if (!sources.contents) return Error{Errc::Invalid, Stop::ImageMissing, "the run deployed an image that is not here"};
  const ContentRequest request{.name = step.content,
                               .geometry = sources.geometry,
                               .seed = started.seed,
                               .proven_zero = evidence.proven_zero(),
                               .number = evidence.plan().number,
                               .statement = {},
                               .trial_word = {},
                               .chunk_bytes = started.chunk_bytes};
  return sources.contents->make(request);
}

}  // namespace

ExtentSet extents_of(const Content& content) {
  ExtentSet extents;
  for (std::uint64_t i = 0; i < content.chunk_count(); ++i)
    for (const LbaRange range : content.chunk(i)) extents.add(range);
  return extents;
}

Result<Layers> layers_of(const Evidence& evidence, const LayerSources& sources) {
  const std::vector<Step>& steps = evidence.plan().steps;
  Layers layers;
  std::vector<std::string>
      seen;  // A finish is written in two sweeps, and a method has several passes: the last one stays.
  ExtentSet covered;
  for (std::size_t i = steps.size(); i-- > 0;) {
    const Step& step = steps[i];
    if (!writes(step.kind) || !evidence.state().steps[i].is_complete()) continue;
    if (std::find(seen.begin(), seen.end(), step.content) != seen.end()) continue;
    if (covered.covers(sources.geometry.whole())) break;
    seen.push_back(step.content);
    std::shared_ptr<Content> layer = TRY(layer_of(evidence, step, sources, covered));
    const ExtentSet extents = extents_of(*layer);
    const bool has_hashes_only = step.content == kImageContent && !sources.image->has_chunks();
    if (has_hashes_only) {
      auto untouched = std::make_shared<Untouched>(std::move(layer), covered);
      layers.unproven.add(untouched->left_out());
      layers.contents.push_back(std::move(untouched));
    } else {
      layers.contents.push_back(
          std::make_shared<UnderLater>(std::move(layer), covered, sources.geometry.logical_bytes));
    }
    covered.add(extents);
  }
  if (layers.contents.empty()) return Error{Errc::Refused, Stop::NotErased, "the run wrote nothing to its end"};
  return layers;
}

}  // namespace relance
