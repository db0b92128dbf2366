#pragma once
// IDENTIFY DEVICE and DEVICE CONFIGURATION IDENTIFY blocks, word by word.

#include <map>
#include <numeric>
#include <string_view>

#include "wiper/base/bytes.h"

namespace relance {

inline void put_word(Bytes& block, std::size_t index, unsigned value) {
  store_le<std::uint16_t>(std::span(block).subspan(2 * index, 2), static_cast<std::uint16_t>(value));
}

inline void put_text(Bytes& block, std::size_t first, std::size_t last, std::string_view text) {
  for (std::size_t i = 0; i < 2 * (last - first + 1); ++i) {
    const char letter = i < text.size() ? text[i] : ' ';
    block[2 * first + (i ^ 1)] = static_cast<std::byte>(letter);
  }
}

// Word 255: the mark, and what makes the sum 0.
inline void seal(Bytes& block) {
  block[510] = std::byte{0xA5};
  block[511] = std::byte{0};
  const unsigned sum = std::accumulate(block.begin(), block.end(), 0U, [](unsigned so_far, std::byte byte) {
    return so_far + std::to_integer<unsigned>(byte);
  });
  block[511] = static_cast<std::byte>(256 - sum % 256);
}

// A disk of 2013 with 976773168 sectors of 512 bytes, 4096 on the platter, and the feature sets of its time.
inline Bytes identify_block(const std::map<std::size_t, unsigned>& changes = {}) {
  Bytes block(512);
  put_word(block, 0, 0x0040);
  put_text(block, 10, 19, "TF0500WE0JAL1P");
  put_text(block, 23, 26, "GH2ZB550");
  put_text(block, 27, 46, "HITACHI HTS725050A7E630");
  for (const auto& [index, value] : std::map<std::size_t, unsigned>{
           {60, 0xFFFF},  {61, 0x0FFF},  {69, 0x0000},  {80, 0x01FC},  {82, 0x746B},  {83, 0x7D69},
           {84, 0x61A3},  {85, 0x7469},  {86, 0xBC41},  {87, 0x6163},  {89, 0x0032},  {90, 0x0033},
           {92, 0xFFFE},  {100, 0x6030}, {101, 0x3A38}, {106, 0x6003}, {108, 0x5000}, {109, 0xCCA6},
           {110, 0xA9D1}, {111, 0x2345}, {128, 0x0029}, {217, 7200}})
    put_word(block, index, value);
  for (const auto& [index, value] : changes) put_word(block, index, value);
  seal(block);
  return block;
}

inline Bytes configuration_block(std::uint64_t block_count) {
  Bytes block(512);
  put_word(block, 0, 2);
  store_le<std::uint64_t>(std::span(block).subspan(6, 8), block_count - 1);
  put_word(block, 7, 0x0188);
  seal(block);
  return block;
}

}  // namespace relance
