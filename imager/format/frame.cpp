#include "imager/format/frame.h"

#include <zstd.h>

#include <algorithm>

namespace relance {
namespace {

constexpr int kLargestWindowLog = 27;  // What zstd -19 uses at most without being asked; more memory old PCs lack.

Error damaged(std::string detail) { return {Errc::Corrupt, Stop::ImageDamaged, "zstd: " + std::move(detail)}; }

void set(ZSTD_CCtx* context, ZSTD_cParameter parameter, int value) {
  require(ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)) == 0, "a zstd parameter is refused");
}

}  // namespace

std::size_t largest_frame(std::size_t bytes) { return ZSTD_compressBound(bytes) + 4; }  // The checksum's 4.

void FrameEncoder::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }
void FrameDecoder::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

FrameEncoder::FrameEncoder(int level) : context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  require(level >= 1 && level <= kHighestLevel, "a zstd level outside of 1 to 19");
  set(context_.get(), ZSTD_c_compressionLevel, level);
  set(context_.get(), ZSTD_c_contentSizeFlag, 1);
  set(context_.get(), ZSTD_c_checksumFlag, 1);
}

Bytes FrameEncoder::encode(std::span<const std::byte> bytes) {
  Bytes frame(largest_frame(bytes.size()));
  const std::size_t size = ZSTD_compress2(context_.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // The buffer is large enough, so only memory can lack.
  frame.resize(size);
  return frame;
}

FrameDecoder::FrameDecoder() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}

Result<void> FrameDecoder::decode(std::span<const std::byte> frame, std::span<std::byte> into) {
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != into.size()) return damaged("a frame of another size");
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return damaged("not one whole frame");
  const std::size_t size = ZSTD_decompressDCtx(context_.get(), into.data(), into.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) != 0) return damaged(ZSTD_getErrorName(size));
  if (size != into.size()) return damaged("a frame that decodes to another size");
  return {};
}

struct FrameStream::State {
  FileSource& file;
  std::unique_ptr<ZSTD_DCtx_s, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(), &ZSTD_freeDCtx};
  std::uint64_t offset = 0;  // Of the file: what was read of it.
  Bytes buffer = Bytes(ZSTD_DStreamInSize());
  std::size_t begin = 0;
  std::size_t end = 0;
  bool inside_frame = false;

  std::uint64_t rest() const { return file.size_bytes() - offset; }
};

FrameStream::FrameStream(FileSource& file) : state_(std::make_unique<State>(State{file})) {
  if (!state_->context) throw std::bad_alloc();
  const std::size_t code = ZSTD_DCtx_setParameter(state_->context.get(), ZSTD_d_windowLogMax, kLargestWindowLog);
  require(ZSTD_isError(code) == 0, "a zstd parameter is refused");
}
FrameStream::FrameStream(FrameStream&&) noexcept = default;
FrameStream& FrameStream::operator=(FrameStream&&) noexcept = default;
FrameStream::~FrameStream() = default;

Result<void> FrameStream::read(std::span<std::byte> into) {
  while (!into.empty()) {
    const std::size_t size = TRY(some(into));
    if (size == 0) return damaged("the stream ends too early");
    into = into.subspan(size);
  }
  return {};
}

std::uint64_t FrameStream::consumed() const { return state_->offset; }

Result<void> FrameStream::expect_end() {
  std::array<std::byte, 1> more{};
  const std::size_t size = TRY(some(more));
  if (size != 0) return Error{Errc::Corrupt, Stop::ImageHostile, "zstd: something behind the end of the stream"};
  return {};
}

Result<std::size_t> FrameStream::some(std::span<std::byte> into) {
  State& state = *state_;
  ZSTD_outBuffer out{into.data(), into.size(), 0};
  for (;;) {
    if (state.begin == state.end && state.rest() > 0) {
      state.begin = 0;
      state.end = static_cast<std::size_t>(std::min<std::uint64_t>(state.buffer.size(), state.rest()));
      TRY(state.file.read(state.offset, std::span(state.buffer).first(state.end)));
      state.offset += state.end;
    }
    ZSTD_inBuffer in{state.buffer.data(), state.end, state.begin};
    const std::size_t left = ZSTD_decompressStream(state.context.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return damaged(ZSTD_getErrorName(left));
    const bool moved = in.pos != state.begin;
    if (moved || out.pos > 0) state.inside_frame = left != 0;
    state.begin = in.pos;
    if (out.pos > 0) return out.pos;
    if (state.begin < state.end || state.rest() > 0) continue;  // An empty or a skippable frame, or a header.
    if (!moved && state.inside_frame) return damaged("the file ends within a frame");
    if (!moved) return std::size_t{0};
  }
}

}  // namespace relance
