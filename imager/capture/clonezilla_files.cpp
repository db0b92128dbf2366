#include "imager/capture/clonezilla_files.h"

#include "wiper/base/plain_text.h"

namespace relance {
namespace {

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    // Clonezilla's scripts read these lines in a shell: what it would obey is written as sfdisk writes it.
    if (std::string_view("\"\\`$").find(letter) != std::string_view::npos || static_cast<unsigned char>(letter) < ' ' ||
        letter == 127) {
      const std::array<std::byte, 1> byte{static_cast<std::byte>(letter)};
      quoted += "\\x" + to_hex(byte);
    } else {
      quoted += letter;
    }
  }
  return quoted + "\"";
}

std::string padded(std::uint64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), ' ') + digits : digits;
}
std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string tenths(std::uint64_t bytes, std::uint64_t unit, const std::string& name) {
  const std::uint64_t tens = (bytes * 10 + unit / 2) / unit;
  return std::to_string(tens / 10) + "." + std::to_string(tens % 10) + name;
}
std::string short_size(std::uint64_t bytes) {
  if (bytes >= std::uint64_t{1} << 30) return tenths(bytes, std::uint64_t{1} << 30, "G");
  return tenths(bytes, std::uint64_t{1} << 20, "M");
}

std::string blkid_type(const FileSystemSurvey& system) {
  if (system.kind == FileSystemKind::Swap) return "swap";
  return system.kind == FileSystemKind::Raw ? "" : system.file_suffix;
}

// GPT: bits 0-2 have names in an sfdisk dump, bits 48-63 are the type's own.
std::string gpt_attributes(std::uint64_t bits) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  if ((bits & 1U) != 0) add("RequiredPartition");
  if ((bits & 2U) != 0) add("NoBlockIOProtocol");
  if ((bits & 4U) != 0) add("LegacyBIOSBootable");
  std::string own;
  for (unsigned bit = 48; bit < 64; ++bit)
    if (((bits >> bit) & 1U) != 0) own += (own.empty() ? "GUID:" : ",") + std::to_string(bit);
  if (!own.empty()) add(own);
  return text;
}

// What `sfdisk -d` prints, and `sfdisk` reads.
std::string sfdisk_dump(const ClonezillaFacts& facts) {
  const bool gpt = facts.layout.kind == TableKind::Gpt;
  const std::uint64_t reserved = 1 + 16384 / facts.geometry.logical_bytes;  // Header and 128 entries, at both ends.
  std::string text = std::string("label: ") + (gpt ? "gpt" : "dos") + "\n";
  text += "label-id: " + (gpt ? upper_case(facts.layout.disk_id) : facts.layout.disk_id) + "\n";
  text += "device: /dev/" + facts.disk + "\nunit: sectors\n";
  if (gpt) {
    text += "first-lba: " + std::to_string(reserved + 1) + "\n";
    text += "last-lba: " + std::to_string(facts.geometry.block_count - reserved - 1) + "\n";
  }
  text += "sector-size: " + std::to_string(facts.geometry.logical_bytes) + "\n\n";
  for (const LayoutPartition& partition : facts.layout.partitions) {
    text += "/dev/" + partition_device(facts.disk, partition.number) + " : start=" + padded(partition.range.first, 12);
    text += ", size=" + padded(partition.range.count, 12);
    if (gpt) {
      text += ", type=" + upper_case(partition.type);
      if (!partition.guid.empty()) text += ", uuid=" + upper_case(partition.guid);  // Else sfdisk makes one.
      if (!partition.name.empty()) text += ", name=" + in_quotes(partition.name);
      const std::string attributes = gpt_attributes(partition.attributes);
      if (!attributes.empty()) text += ", attrs=" + in_quotes(attributes);
    } else {
      const std::string type = partition.type.starts_with("0x0") ? partition.type.substr(3) : partition.type.substr(2);
      text += ", type=" + type + ((partition.attributes & 1U) != 0 ? ", bootable" : "");
    }
    text += "\n";
  }
  return text;
}

// What Clonezilla looks for in `parted print`: size and kind of the table, start and end of each partition, its flags.
std::string parted_print(const ClonezillaFacts& facts) {
  const bool gpt = facts.layout.kind == TableKind::Gpt;
  const std::string block = std::to_string(facts.geometry.logical_bytes) + "B";
  std::string text = "Model: " + facts.made_by + "\nDisk /dev/" + facts.disk + ": " +
                     std::to_string(facts.geometry.block_count) + "s\n";
  text += "Sector size (logical/physical): " + block + "/" + std::to_string(facts.geometry.physical_bytes) + "B\n";
  text += std::string("Partition Table: ") + (gpt ? "gpt" : "msdos") + "\nDisk Flags: \n\n";
  text += gpt ? "Number  Start        End          Size         File system  Name  Flags\n"
              : "Number  Start        End          Size         Type     File system  Flags\n";
  for (const SurveyedPartition& partition : facts.partitions) {
    const LbaRange range = partition.place.range;
    text += padded(partition.place.number, 2) + "      " + padded(std::to_string(range.first) + "s", 12) + " ";
    text +=
        padded(std::to_string(range.end() - 1) + "s", 12) + " " + padded(std::to_string(range.count) + "s", 12) + " ";
    if (!gpt) text += partition.place.number < 5 ? "primary  " : "logical  ";
    const bool swap = partition.system.kind == FileSystemKind::Swap;
    text += padded(swap ? "linux-swap(v1)" : blkid_type(partition.system), 12) + " ";
    if (partition.place.type == kTypeBiosBoot) text += "bios_grub";
    if (partition.place.type == kTypeEsp || partition.place.type == "0xef") text += "boot, esp";
    if (!gpt && (partition.place.attributes & 1U) != 0) text += "boot";
    text += "\n";
  }
  return text;
}

std::string blkid_list(const ClonezillaFacts& facts) {
  std::string text;
  for (const SurveyedPartition& partition : facts.partitions) {
    text += "/dev/" + partition_device(facts.disk, partition.place.number) + ":";
    if (!partition.system.label.empty()) text += " LABEL=" + in_quotes(partition.system.label);
    const std::string uuid =
        partition.system.kind == FileSystemKind::Fat ? upper_case(partition.system.uuid) : partition.system.uuid;
    if (!uuid.empty()) text += " UUID=" + in_quotes(uuid);
    const std::string type = blkid_type(partition.system);
    if (!type.empty()) text += " TYPE=" + in_quotes(type);
    if (!partition.place.guid.empty()) text += " PARTUUID=" + in_quotes(partition.place.guid);
    text += "\n";
  }
  return text;
}

std::string dev_fs_list(const ClonezillaFacts& facts) {
  std::string text = "# <Device name>   <File system>   <Size>\n";
  for (const SurveyedPartition& partition : facts.partitions)
    text += "/dev/" + partition_device(facts.disk, partition.place.number) + " " + blkid_type(partition.system) + " " +
            short_size(partition.place.range.count * facts.geometry.logical_bytes) + "\n";
  return text;
}

std::string blkdev_list(const ClonezillaFacts& facts) {
  std::string text = "KNAME NAME SIZE TYPE FSTYPE MOUNTPOINT MODEL\n";
  text += facts.disk + " " + facts.disk + " " + short_size(facts.geometry.size_bytes()) + " disk\n";
  for (const SurveyedPartition& partition : facts.partitions) {
    const std::string device = partition_device(facts.disk, partition.place.number);
    text += device + " |-" + device + " " + short_size(partition.place.range.count * facts.geometry.logical_bytes) +
            " part " + blkid_type(partition.system) + "\n";
  }
  return text;
}

// Saved partitions; swap is made anew from its own file.
std::string parts(const ClonezillaFacts& facts) {
  std::string text;
  for (const SurveyedPartition& partition : facts.partitions)
    if (partition.system.kind != FileSystemKind::Swap)
      text += (text.empty() ? "" : " ") + partition_device(facts.disk, partition.place.number);
  return text + "\n";
}

}  // namespace

std::string partition_device(const std::string& disk, std::uint32_t number) {
  const bool ends_in_digit = !disk.empty() && disk.back() >= '0' && disk.back() <= '9';
  return disk + (ends_in_digit ? "p" : "") + std::to_string(number);
}

std::string partition_file_name(const std::string& disk, const SurveyedPartition& partition) {
  if (partition.system.kind == FileSystemKind::Swap) return "";
  return partition_device(disk, partition.place.number) + "." + partition.system.file_suffix + "-ptcl-img.zst";
}

std::vector<TextFile> clonezilla_files(const ClonezillaFacts& facts) {
  const std::uint64_t cylinders = facts.geometry.size_bytes() / 512 / (255 * 63);
  std::vector<TextFile> files{
      {"disk", facts.disk + "\n"},
      {"parts", parts(facts)},
      {facts.disk + "-pt.sf", sfdisk_dump(facts)},
      {facts.disk + "-pt.parted", parted_print(facts)},
      {facts.disk + "-pt.parted.compact", parted_print(facts)},
      {facts.disk + "-chs.sf", "cylinders=" + std::to_string(cylinders) + "\nheads=255\nsectors=63\n"},
      {"blkid.list", blkid_list(facts)},
      {"blkdev.list", blkdev_list(facts)},
      {"dev-fs.list", dev_fs_list(facts)},
      {"clonezilla-img", "This image was saved by " + facts.made_by +
                             " in the layout of Clonezilla.\n### Image created time: " + std::to_string(facts.now_s) +
                             "\n"},
  };
  for (const SurveyedPartition& partition : facts.partitions)
    if (partition.system.kind == FileSystemKind::Swap)
      files.push_back(
          {"swappt-" + partition_device(facts.disk, partition.place.number) + ".info",
           "UUID=" + in_quotes(partition.system.uuid) + "\nLABEL=" + in_quotes(partition.system.label) + "\n"});
  return files;
}

}  // namespace relance
