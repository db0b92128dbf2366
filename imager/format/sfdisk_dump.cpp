#include "imager/format/sfdisk_dump.h"

#include <algorithm>
#include <charconv>

#include "wiper/base/plain_text.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestLba = std::uint64_t{1} << 48;
constexpr std::uint64_t kNoLba = ~std::uint64_t{0};
constexpr std::size_t kMostPartitions = 128;

Error hostile(std::string detail) { return {Errc::Corrupt, Stop::ImageHostile, "sfdisk dump: " + std::move(detail)}; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

struct Pair {
  std::string_view name;
  std::string_view value;
};

// "start= 5, name=\"a, b\", bootable": commas within quotes belong to the value.
std::vector<Pair> pairs_of(std::string_view line) {
  std::vector<Pair> pairs;
  while (!line.empty()) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < line.size() && (quoted || line[end] != ','); ++end)
      if (line[end] == '"') quoted = !quoted;
    const std::string_view item = trimmed(line.substr(0, end));
    const std::size_t equals = item.find('=');
    pairs.push_back(
        {trimmed(item.substr(0, equals)), equals == std::string_view::npos ? "" : trimmed(item.substr(equals + 1))});
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return pairs;
}

// A quoted value, with sfdisk's \xNN undone.
std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool escape = text.substr(i).starts_with("\\x") && i + 4 <= text.size();
    if (escape && std::from_chars(&text[i + 2], &text[i] + 4, value, 16).ptr == &text[i] + 4) {
      plain += static_cast<char>(value);
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::uint64_t gpt_attributes(std::string_view text) {
  std::uint64_t bits = 0;
  if (text.find("RequiredPartition") != std::string_view::npos) bits |= 1;
  if (text.find("NoBlockIOProtocol") != std::string_view::npos) bits |= 2;
  if (text.find("LegacyBIOSBootable") != std::string_view::npos) bits |= 4;
  const std::size_t own = text.find("GUID:");
  if (own == std::string_view::npos) return bits;
  for (const Pair& pair : pairs_of(text.substr(own + 5))) {
    const auto bit = whole_number<std::uint64_t>(pair.name).value_or(0);
    if (bit >= 48 && bit < 64) bits |= std::uint64_t{1} << bit;
  }
  return bits;
}

std::string mbr_type(std::string_view text) {
  std::string type = lower_case(text);
  if (type.starts_with("0x")) type = type.substr(2);
  return "0x" + std::string(type.size() < 2 ? 2 - type.size() : 0, '0') + type;
}

// "/dev/sda3 : start=…"
Result<DumpedPartition> parse_partition(std::string_view line, TableKind kind) {
  DumpedPartition partition;
  const std::size_t colon = line.find(" :");
  if (colon == std::string_view::npos) return hostile("a line that is no partition");
  const std::string_view path = trimmed(line.substr(0, colon));
  const std::string_view device = path.substr(path.find_last_of('/') + 1);
  const std::size_t last = device.find_last_not_of("0123456789");
  const auto number = whole_number<std::uint32_t>(device.substr(last + 1)).value_or(0);
  if (last == std::string_view::npos || number == 0 || number > kMostPartitions)
    return hostile("a partition without a number");
  partition.device = device;
  partition.number = number;
  for (const Pair& pair : pairs_of(line.substr(colon + 2))) {
    const std::string name = lower_case(pair.name);
    const bool is_number = name == "start" || name == "size";
    std::uint64_t& into = name == "start" ? partition.range.first : partition.range.count;
    if (is_number) into = whole_number<std::uint64_t>(pair.value).value_or(kNoLba);
    if (is_number && into > kLargestLba) return hostile("where a partition lies");
    if (name == "type" || name == "id")
      partition.type = kind == TableKind::Gpt ? lower_case(pair.value) : mbr_type(pair.value);
    if (name == "name") partition.name = unquoted(pair.value);
    if (name == "attrs") partition.attributes = gpt_attributes(unquoted(pair.value));
    if (name == "bootable") partition.attributes |= 1;
  }
  return partition;
}

bool is_kept(const DumpedPartition& partition) {
  const bool box = partition.type == "0x05" || partition.type == "0x0f" || partition.type == "0x85";
  return !box && !partition.range.empty() && partition.type != "0x00";
}

Result<void> parse_head(std::string_view name, std::string_view value, DumpedTable& table) {
  const auto number = whole_number<std::uint64_t>(value);
  if (name == "label" && value != "gpt" && value != "dos") return hostile("a table that is neither gpt nor dos");
  if (name == "label" && value == "gpt") table.kind = TableKind::Gpt;
  if (name == "unit" && value != "sectors") return hostile("units other than sectors");
  if (name == "label-id") table.disk_id = lower_case(value);
  if (name == "last-lba" && number && *number <= kLargestLba) table.last_lba = *number;
  if (name == "sector-size" && number != 512U && number != 4096U) return hostile("sector size");
  if (name == "sector-size") table.sector_bytes = static_cast<std::uint32_t>(*number);
  return {};
}

}  // namespace

Result<DumpedTable> parse_sfdisk_dump(std::string_view text) {
  DumpedTable table;
  for (const std::string& whole : split(text, '\n')) {
    const std::string_view line = trimmed(whole);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return hostile("a line without a colon");
    if (line.substr(0, colon).find('/') == std::string_view::npos) {
      TRY(parse_head(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)), table));
      continue;
    }
    DumpedPartition partition = TRY(parse_partition(line, table.kind));
    if (table.partitions.size() == kMostPartitions) return hostile("too many partitions");
    if (is_kept(partition)) table.partitions.push_back(std::move(partition));
  }
  if (table.partitions.empty()) return hostile("no partitions");
  std::sort(
      table.partitions.begin(), table.partitions.end(),
      [](const DumpedPartition& one, const DumpedPartition& other) { return one.range.first < other.range.first; });
  return table;
}

}  // namespace relance
