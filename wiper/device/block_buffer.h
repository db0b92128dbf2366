#pragma once
// Memory that O_DIRECT takes: aligned, owned, of whole blocks.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace relance {

inline constexpr std::size_t kBufferAlignment = 4096;  // The largest logical block that we meet, and a page.

class BlockBuffer {
 public:
  explicit BlockBuffer(std::size_t size_bytes) : size_(size_bytes) {
    const std::size_t rounded = (size_bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
    memory_.reset(
        static_cast<std::byte*>(std::aligned_alloc(kBufferAlignment, rounded == 0 ? kBufferAlignment : rounded)));
    if (!memory_) throw std::bad_alloc();
  }

  std::span<std::byte> bytes() { return {memory_.get(), size_}; }
  std::span<std::byte> first(std::size_t count) { return bytes().first(count); }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t size_;
};

}  // namespace relance
