#include "imager/capture/partition_names.h"

#include <regex>
#include <sstream>

#include "wiper/base/plain_text.h"

namespace relance {
namespace {

std::uint32_t number_in(std::string_view text, int base) { return whole_number<std::uint32_t>(text, base).value_or(0); }

// A name by partition table, by cable or by the kernel's order. Not /dev/sr0, /dev/mapper, /dev/disk/by-uuid, by-label.
const std::regex& name_pattern() {
  static const std::regex pattern(
      "PARTUUID=\"?[0-9A-Fa-f-]+\"?|PARTLABEL=\"?[^\\s\"',]+\"?|/dev/disk/by-(?:partuuid|partlabel|path|id)/"
      "[^\\s\"',]+|"
      "/dev/(?:[svh]d[a-z]+[0-9]+|xvd[a-z]+[0-9]+|nvme[0-9]+n[0-9]+p[0-9]+|mmcblk[0-9]+p[0-9]+)");
  return pattern;
}

bool is_comment(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  return first != std::string_view::npos && line[first] == '#';
}

}  // namespace

void PartitionNames::add_uuid(std::uint32_t number, const FileSystemSurvey& system) {
  if (system.uuid.empty()) return;
  uuids_[number] = system.kind == FileSystemKind::Fat ? upper_case(system.uuid) : system.uuid;
}

std::uint32_t PartitionNames::number_of(const std::string& name) const {
  const auto after = [&](std::string_view beginning) {
    std::string rest = name.substr(beginning.size());
    std::erase(rest, '"');
    return rest;
  };
  const auto by_guid = [&](const std::string& guid) -> std::uint32_t {
    for (const LayoutPartition& place : layout_.partitions)
      if (!place.guid.empty() && lower_case(place.guid) == lower_case(guid)) return place.number;
    // Under an MBR: the disk's signature and the number in hexadecimal digits.
    const std::string disk = layout_.disk_id.starts_with("0x") ? layout_.disk_id.substr(2) + "-" : "";
    return !disk.empty() && lower_case(guid).starts_with(lower_case(disk)) ? number_in(guid.substr(disk.size()), 16)
                                                                           : 0;
  };
  const auto by_label = [&](const std::string& label) -> std::uint32_t {
    for (const LayoutPartition& place : layout_.partitions)
      if (!place.name.empty() && place.name == label) return place.number;
    return 0;
  };
  const auto trailing = [&]() -> std::uint32_t {
    const auto digits = name.find_last_not_of("0123456789");
    return digits == std::string::npos ? 0 : number_in(std::string_view(name).substr(digits + 1), 10);
  };
  for (const std::string_view beginning : {"PARTUUID=", "/dev/disk/by-partuuid/"})
    if (name.starts_with(beginning)) return by_guid(after(beginning));
  for (const std::string_view beginning : {"PARTLABEL=", "/dev/disk/by-partlabel/"})
    if (name.starts_with(beginning)) return by_label(after(beginning));
  if (name.starts_with("/dev/disk/") && name.find("-part") == std::string::npos) return 0;
  return trailing();
}

Result<std::string> PartitionNames::renamed(const std::string& name) const {
  const auto uuid = uuids_.find(number_of(name));
  if (uuid == uuids_.end())
    return Error{Errc::Refused, Stop::MasterUnfit,
                 name + " names a partition that a copy does not have: name it by UUID on the master"};
  return "UUID=" + uuid->second;
}

Result<std::string> PartitionNames::by_uuid(std::string_view text) const {
  std::vector<std::string> lines = split(text, '\n');
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) result += '\n';
    std::string rest = is_comment(lines[i]) ? "" : lines[i];
    if (rest.empty()) result += lines[i];
    for (std::smatch found; std::regex_search(rest, found, name_pattern());) {
      Result<std::string> name = renamed(found.str());
      if (!name.ok())
        return Error{Errc::Refused, Stop::MasterUnfit, "line " + std::to_string(i + 1) + ": " + name.error().detail};
      result += found.prefix().str() + name.value();
      rest = found.suffix().str();
    }
    result += rest;
  }
  return result;
}

std::string without_resume_offset(std::string_view text) {
  static const std::regex pattern("[ \t]*\\bresume(?:_offset)?=[^\\s\"']+");
  const std::vector<std::string> lines = split(text, '\n');
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i)
    result += (i == 0 ? "" : "\n") + (is_comment(lines[i]) ? lines[i] : std::regex_replace(lines[i], pattern, ""));
  return result;
}

std::vector<std::vector<std::string>> table_lines(std::string_view text) {
  std::vector<std::vector<std::string>> table;
  for (const std::string& line : split(text, '\n')) {
    if (is_comment(line)) continue;
    std::istringstream words(line);
    std::vector<std::string> fields;
    for (std::string word; words >> word;) fields.push_back(word);
    if (!fields.empty()) table.push_back(std::move(fields));
  }
  return table;
}

}  // namespace relance
