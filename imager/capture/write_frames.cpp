#include "imager/capture/write_frames.h"

#include <cstring>
#include <map>
#include <mutex>

#include "imager/capture/chunk_blocks.h"
#include "imager/capture/volumes.h"

namespace relance {
namespace {

constexpr unsigned kMostWorkers = 32;
constexpr std::size_t kFramesAhead = 2;  // A worker's finished frames that may wait for a slow one before it does, too.

class Pipeline {
 public:
  Pipeline(const ChunkSource& source, Volumes& file, Executor& executor, const PipelineOptions& options)
      : source_(source), file_(file), executor_(executor), options_(options) {}

  // The caller's thread is one of the workers.
  Result<void> run(std::span<const std::byte> head, WrittenFrames& written);

 private:
  struct Frame {
    ImageChunk chunk;  // Its offset is known when it is written.
    Bytes bytes;
  };
  void work();
  bool claim(std::size_t& index);
  Result<Frame> make(std::size_t index, ChunkBlocks& blocks, FrameEncoder& encoder, Bytes& buffer) const;
  void hand_over(std::size_t index, Frame frame);
  void write_what_is_next();
  void fail(Error error);
  std::size_t most_ahead() const { return kFramesAhead * options_.workers; }

  const ChunkSource& source_;
  Volumes& file_;
  Executor& executor_;
  const PipelineOptions& options_;

  // Of whoever is writing; only one thread is, see `writing`.
  std::vector<ImageChunk> chunks_;

  std::mutex mutex_;  // All below. Never held over a call of drive, sink or executor.
  std::size_t claimed_ = 0;
  std::size_t written_ = 0;
  bool writing_ = false;
  std::map<std::size_t, Frame> finished_;
  std::optional<Error> failure_;
};

Result<void> Pipeline::run(std::span<const std::byte> head, WrittenFrames& written) {
  if (!head.empty()) {
    written.header_frame = FrameEncoder(options_.level).encode(head);
    TRY(file_.append(written.header_frame));
  }
  std::vector<std::unique_ptr<Task>> tasks;
  for (unsigned i = 1; i < options_.workers; ++i)
    tasks.push_back(executor_.start("capture-" + std::to_string(i), [this] { work(); }));
  work();
  for (const std::unique_ptr<Task>& task : tasks) task->join();
  if (failure_) return *failure_;
  require(chunks_.size() == source_.plans.size(), "a capture that left chunks out");
  TRY(file_.finish());
  written.chunks = std::move(chunks_);
  written.files = file_.files();
  written.size_bytes = file_.size_bytes();
  return {};
}

void Pipeline::work() {
  ChunkBlocks blocks(source_.drive, source_.first_lba, source_.block_bytes);
  FrameEncoder encoder(options_.level);
  Bytes buffer(kLargestChunkBytes);
  std::size_t index = 0;
  while (claim(index)) {
    Result<Frame> frame = make(index, blocks, encoder, buffer);
    if (!frame.ok()) return fail(std::move(frame).error());
    hand_over(index, std::move(frame).value());
    write_what_is_next();
  }
}

// The next chunk; waits while too many frames wait for an earlier one. False: nothing is left, or it failed.
bool Pipeline::claim(std::size_t& index) {
  constexpr auto kLookAgain = std::chrono::seconds(1);  // In case nobody rings: a wait has a bound.
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (failure_ || claimed_ == source_.plans.size()) return false;
      if (claimed_ - written_ < most_ahead()) {
        index = claimed_++;
        return true;
      }
    }
    (void)executor_.wait(  // Ready or not, it looks again.
        [this] {
          const std::lock_guard lock(mutex_);
          return failure_.has_value() || claimed_ - written_ < most_ahead();
        },
        executor_.now() + kLookAgain);
  }
}

Result<Pipeline::Frame> Pipeline::make(std::size_t index, ChunkBlocks& blocks, FrameEncoder& encoder,
                                       Bytes& buffer) const {
  const ChunkPlan& plan = source_.plans[index];
  const std::span<std::byte> bytes =
      std::span(buffer).first(static_cast<std::size_t>(plan.extents.block_count()) * source_.block_bytes);
  TRY(blocks.read(plan, bytes));
  Frame frame;
  frame.bytes = encoder.encode(bytes);
  frame.chunk.length = static_cast<std::uint32_t>(frame.bytes.size());
  frame.chunk.frame_sha256 = sha256(frame.bytes);
  frame.chunk.zero = is_zero(bytes);
  frame.chunk.sha256 = sha256(bytes);
  frame.chunk.extents = plan.extents;
  return frame;
}

void Pipeline::hand_over(std::size_t index, Frame frame) {
  const std::lock_guard lock(mutex_);
  finished_.emplace(index, std::move(frame));
}

// Whoever finds the next frame finished writes it, and those behind it, while the others go on.
void Pipeline::write_what_is_next() {
  for (;;) {
    Frame frame;
    {
      const std::lock_guard lock(mutex_);
      const auto next = finished_.find(written_);
      if (writing_ || failure_ || next == finished_.end()) return;
      writing_ = true;
      frame = std::move(next->second);
      finished_.erase(next);
    }
    frame.chunk.offset = file_.size_bytes();
    Result<void> result = file_.append(frame.bytes);
    if (options_.did) options_.did(frame.chunk.extents.block_count() * source_.block_bytes);
    chunks_.push_back(std::move(frame.chunk));
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      ++written_;
    }
    if (!result.ok()) return fail(std::move(result).error());
    executor_.notify();
  }
}

void Pipeline::fail(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
  }
  executor_.notify();
}

}  // namespace

Result<WrittenFrames> write_frames(const std::string& name, std::span<const std::byte> head, const ChunkSource& source,
                                   FolderSink& folder, Executor& executor, const PipelineOptions& options) {
  require(options.workers >= 1 && options.workers <= kMostWorkers, "a capture with no worker, or very many");
  Volumes file(folder, name);
  WrittenFrames written;
  TRY(Pipeline(source, file, executor, options).run(head, written));
  return written;
}

}  // namespace relance
