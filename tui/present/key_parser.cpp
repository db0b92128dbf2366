#include "tui/present/key_parser.h"

#include "wiper/text/utf8.h"

namespace relance {
namespace {

constexpr char kEscape = '\x1b';
constexpr std::size_t kLongestSequence = 16;  // What terminals send for a key is at most 8 bytes.

std::size_t letter_bytes(unsigned char first) {
  if (first < 0x80) return 1;
  if ((first >> 5) == 6) return 2;
  if ((first >> 4) == 14) return 3;
  return (first >> 3) == 30 ? 4 : 1;
}

// The last byte of "ESC [ … X" or "ESC O X" says which key.
void add_arrow(char last, std::vector<Key>& keys) {
  if (last == 'A') keys.push_back({KeyName::Up, 0});
  if (last == 'B') keys.push_back({KeyName::Down, 0});
  if (last == 'C') keys.push_back({KeyName::Right, 0});
  if (last == 'D') keys.push_back({KeyName::Left, 0});
}

void add_control(char byte, std::vector<Key>& keys) {
  if (byte == '\r' || byte == '\n') keys.push_back({KeyName::Enter, 0});
  if (byte == '\t') keys.push_back({KeyName::Tab, 0});
  if (byte == '\b' || byte == '\x7f') keys.push_back({KeyName::Backspace, 0});
  if (byte == '\x03') keys.push_back({KeyName::Interrupt, 0});
}

}  // namespace

// The bytes behind an Escape: of an arrow, of a key that we do not know, or an Escape by itself.
bool KeyParser::take_sequence(std::vector<Key>& keys) {
  if (waiting_.size() == 1) return false;
  if (waiting_[1] != '[' && waiting_[1] != 'O') {
    keys.push_back({KeyName::Escape, 0});
    waiting_.erase(0, 1);
    return true;
  }
  std::size_t end = 2;
  while (end < waiting_.size() && (waiting_[end] < '@' || waiting_[end] > '~')) ++end;
  if (end >= waiting_.size() && waiting_.size() < kLongestSequence) return false;
  if (end < waiting_.size()) add_arrow(waiting_[end], keys);
  waiting_.erase(0, end + 1);
  return true;
}

// One key, or nothing while its bytes are not all there.
bool KeyParser::take_one(std::vector<Key>& keys) {
  if (waiting_.empty()) return false;
  const char first = waiting_.front();
  if (first == kEscape) return take_sequence(keys);
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x20 || byte == 0x7f) {
    add_control(first, keys);
    waiting_.erase(0, 1);
    return true;
  }
  const std::size_t count = letter_bytes(byte);
  if (waiting_.size() < count) return false;
  for (const char32_t letter : from_utf8(std::string_view(waiting_).substr(0, count)))
    if (letter != 0xfffd) keys.push_back({KeyName::Letter, letter});
  waiting_.erase(0, count);
  return true;
}

std::vector<Key> KeyParser::feed(std::string_view bytes) {
  std::vector<Key> keys;
  waiting_ += bytes;
  while (take_one(keys)) continue;
  return keys;
}

std::vector<Key> KeyParser::pause() {
  std::vector<Key> keys;
  if (!waiting_.empty() && waiting_.front() == kEscape) keys.push_back({KeyName::Escape, 0});
  waiting_.clear();
  return keys;
}

}  // namespace relance
