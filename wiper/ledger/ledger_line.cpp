#include "wiper/ledger/ledger_line.h"

#include <algorithm>

#include "wiper/base/plain_text.h"

namespace relance {
namespace {

constexpr std::size_t kFields = 6;
constexpr std::size_t kTimeLetters = 20;

// The digits may still say the 39th of February: whoever signed it did not mean the calendar.
bool is_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  const auto fits = [](char letter, char shape) {
    return shape == '0' ? letter >= '0' && letter <= '9' : letter == shape;
  };
  return text.size() == kTimeLetters && std::ranges::equal(text, kShape, fits);
}

}  // namespace

std::string signed_text(const LedgerLine& line) {
  return std::to_string(line.rank) + "|" + to_hex(line.previous) + "|" + std::string(name_of(line.kind)) + "|" +
         line.time + "|" + line.entry;
}

std::string to_text(const LedgerLine& line) { return signed_text(line) + "|" + to_base64(line.signature); }

std::optional<LedgerLine> parse_ledger_line(std::string_view text) {
  // The entry is JSON and may hold a '|': four fields from the front, one from the back.
  LedgerLine line;
  std::vector<std::string_view> fields;
  std::string_view rest = text;
  while (fields.size() + 2 < kFields) {
    const auto bar = rest.find('|');
    if (bar == std::string_view::npos) return std::nullopt;
    fields.push_back(rest.substr(0, bar));
    rest.remove_prefix(bar + 1);
  }
  const auto last = rest.rfind('|');
  if (last == std::string_view::npos) return std::nullopt;
  const auto rank = whole_number<std::uint64_t>(fields[0]);
  const Result<Bytes> previous = from_hex(fields[1]);
  const auto kind = enum_named<LedgerKind>(fields[2]);
  const std::optional<Bytes> signature = from_base64(rest.substr(last + 1));
  if (!rank || *rank == 0 || !previous.ok() || previous.value().size() != line.previous.size() || !kind ||
      !is_time(fields[3]) || !signature || signature->size() != line.signature.size())
    return std::nullopt;
  line.rank = *rank;
  line.kind = *kind;
  line.time = fields[3];
  std::ranges::copy(previous.value(), line.previous.begin());
  std::ranges::copy(*signature, line.signature.begin());
  const Result<Value> entry = parse_json(rest.substr(0, last));
  if (!entry.ok()) return std::nullopt;
  line.entry = to_json(entry.value());
  if (to_text(line) != text) return std::nullopt;
  return line;
}

Sha256Digest hash_of(const LedgerLine& line) { return sha256(as_bytes(to_text(line))); }

}  // namespace relance
