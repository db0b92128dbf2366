#include "tui/session/verification.h"

#include "tui/session/layers.h"
#include "wiper/content/pattern.h"

namespace relance {
namespace {

constexpr std::uint64_t kChunkBytes = std::uint64_t{1} << 20;
constexpr unsigned kWorkers = 4;

std::shared_ptr<Content> constant_content(const DriveFacts& drive, std::string name, std::byte value) {
  const ExtentSet whole{drive.geometry.whole()};
  return pattern_content(std::move(name), constant_pattern(value), drive.geometry, whole, kChunkBytes);
}

Result<Layers> journal_contents(Session& session, const DriveFacts& drive) {
  const History history = TRY(read_history(*session.bench().stick));
  const PastJob* job = last_job_of(history, drive);
  if (job == nullptr) return Error{Errc::Refused, Stop::NothingToResume, "no run on the stick is of this drive"};
  const std::shared_ptr<const ImageFolder> image = TRY(session.image_of(job->plan(), "", ImageNeed::Hashes));
  const LayerSources sources{*session.bench().stick, image, image ? contents_of(image, session.bench()) : nullptr,
                             drive.geometry};
  return layers_of(job->evidence, sources);
}

Result<Layers> wanted_contents(Session& session, const DriveFacts& drive, const std::string& name) {
  if (name == "zero") return Layers{{constant_content(drive, name, std::byte{0x00})}, {}};
  if (name == "one") return Layers{{constant_content(drive, name, std::byte{0xFF})}, {}};
  if (name == "journal") return journal_contents(session, drive);
  return Error{Errc::Invalid, Stop::Usage, "--content is zero, one or journal"};
}

}  // namespace

struct Comparison::Shared {
  std::shared_ptr<Machine> machine;
  DriveFacts drive;
  std::string content;
  std::vector<std::shared_ptr<Content>> contents;
  ExtentSet unproven;
  std::unique_ptr<BlockReader> reader;
  std::shared_ptr<SweepProgress> progress = std::make_shared<SweepProgress>();
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  std::uint64_t blocks_wanted = 0;
  Verification result;                 // Written by the thread, read once has_ended.
  std::atomic<std::uint64_t> part{0};  // Which of the contents.
  std::atomic<bool> has_ended{false};

  void run() {
    result.is_complete = true;
    for (const auto& each : contents) {
      const ReadBack read_back = Sweep({.executor = machine->executor(),
                                        .entropy = machine->entropy(),
                                        .progress = progress,
                                        .gate = gate,
                                        .workers = kWorkers},
                                       each)
                                     .compare(*reader);
      result.equal.add(read_back.equal());
      result.differing.add(read_back.differing());
      result.unreadable.add(read_back.unreadable());
      result.is_complete = result.is_complete && read_back.end() == SweepEnd::Complete;
      part.fetch_add(1);
    }
    has_ended = true;
    machine->executor().notify();
  }
};

Result<std::unique_ptr<Comparison>> Comparison::start(Session& session, const VerifyWish& wish) {
  auto shared = std::make_shared<Shared>();
  shared->machine = session.bench().machine;
  shared->content = wish.content;
  shared->drive = TRY(session.machine().drive(wish.drive));
  Layers layers = TRY(wanted_contents(session, shared->drive, wish.content));
  shared->contents = std::move(layers.contents);
  shared->unproven = std::move(layers.unproven);
  shared->reader = TRY(session.machine().open_reader(shared->drive));
  ExtentSet wanted;  // A block that two contents hold is one block.
  for (const auto& content : shared->contents) wanted.add(extents_of(*content));
  shared->blocks_wanted = wanted.block_count();
  (void)session.executor().start("verify", [shared] { shared->run(); });  // Its end is in `shared`.
  return std::unique_ptr<Comparison>(new Comparison(std::move(shared)));
}

bool Comparison::has_ended() const { return shared_->has_ended; }

std::vector<std::uint64_t> Comparison::step_bytes() const {
  std::vector<std::uint64_t> bytes;
  for (const auto& content : shared_->contents)
    bytes.push_back(content->identity().block_count * shared_->drive.geometry.logical_bytes);
  return bytes;
}

Plan Comparison::plan() const {
  Plan plan;
  plan.drive = shared_->drive;
  for (const auto& content : shared_->contents)
    plan.steps.push_back(
        {.kind = StepKind::Compare, .content = content->identity().name, .what = {Sentence::StepCompare, {}}});
  return plan;
}

void Comparison::cancel() { shared_->gate->cancel(shared_->machine->executor()); }

JobSample Comparison::sample() const {
  const SweepProgress& progress = *shared_->progress;
  return {shared_->part, progress.bytes_done, progress.bytes_total, progress.bad_blocks};
}

Verification Comparison::result() const {
  Verification result = shared_->has_ended ? shared_->result : Verification{};
  result.drive = shared_->drive;
  result.content = shared_->content;
  result.blocks_wanted = shared_->blocks_wanted;
  result.unproven = shared_->unproven;
  return result;
}

}  // namespace relance
