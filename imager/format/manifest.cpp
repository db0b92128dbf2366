#include "imager/format/manifest.h"

#include <algorithm>
#include <bit>
#include <set>

#include "imager/format/frame.h"
#include "imager/format/joined_file.h"
#include "wiper/base/plain_text.h"
#include "wiper/content/content.h"

namespace relance {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::uint64_t kLargestSize = std::uint64_t{1} << 56;  // 64 PiB: no sum of ours wraps.
constexpr std::size_t kMostPartitions = 128;                    // What a GPT holds.
constexpr std::size_t kMostFiles = 1024;
constexpr std::size_t kLongestText = 256;

Error hostile(std::string detail) { return {Errc::Corrupt, Stop::ImageHostile, "manifest: " + std::move(detail)}; }

// One word of the line after another.
std::string_view next_word(std::string_view& line) {
  const std::size_t blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return word;
}

// There is one way to write it: without zeros in front.
std::optional<std::uint64_t> number_in(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return whole_number<std::uint64_t>(text);
}

bool pair_of(std::string_view word, std::uint64_t& first, std::uint64_t& count) {
  const std::size_t plus = word.find('+');
  if (plus == std::string_view::npos) return false;
  const auto before = number_in(word.substr(0, plus));
  const auto behind = number_in(word.substr(plus + 1));
  first = before.value_or(0);
  count = behind.value_or(0);
  return before && behind;
}

bool digest_of(std::string_view word, Sha256Digest& digest) {
  const Result<Bytes> bytes = from_hex(word);
  if (!bytes.ok() || bytes.value().size() != digest.size()) return false;
  std::copy(bytes.value().begin(), bytes.value().end(), digest.begin());
  return true;
}

bool is_hex(char letter) { return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f'); }

// "@" stands for a lower-case hex digit.
bool looks_like(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char letter, char wanted) { return wanted == '@' ? is_hex(letter) : letter == wanted; });
}
constexpr std::string_view kGuidShape = "@@@@@@@@-@@@@-@@@@-@@@@-@@@@@@@@@@@@";
bool is_guid(std::string_view text) { return looks_like(text, kGuidShape); }

bool is_file_name(std::string_view name) {
  const auto allowed = [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           letter == '.' || letter == '_' || letter == '-' || letter == '+';
  };
  return !name.empty() && name.size() <= 128 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), allowed);
}

// May be shown: no control characters. UTF-8 goes through whole.
bool is_showable(std::string_view text) {
  return text.size() <= kLongestText && std::none_of(text.begin(), text.end(), [](char letter) {
           return static_cast<unsigned char>(letter) < ' ' || letter == 127;
         });
}

bool is_uuid_for(FileSystemKind kind, std::string_view uuid) {
  if (uuid.empty()) return true;
  if (kind == FileSystemKind::Fat) return looks_like(uuid, "@@@@-@@@@");
  return kind != FileSystemKind::Raw && is_guid(uuid);
}

Result<void> check_files(const Manifest& manifest) {
  if (manifest.files.size() > kMostFiles) return hostile("too many files");
  std::set<std::string_view> names;
  for (const ImageFile& file : manifest.files) {
    if (!is_file_name(file.name)) return hostile("a file name that is none");
    if (file.name == kManifestFile || file.name == kManifestSignatureFile) return hostile("it lists itself");
    if (!names.insert(file.name).second) return hostile("the file " + file.name + " twice");
    if (file.size_bytes > kLargestSize) return hostile("the size of " + file.name);
  }
  return {};
}

Result<void> check_source(const SourceFacts& source) {
  if (source.logical_bytes != 512 && source.logical_bytes != 4096) return hostile("blocks of the source");
  if (source.size_bytes == 0 || source.size_bytes > kLargestSize) return hostile("size of the source");
  if (!is_showable(source.disk_id)) return hostile("id of the source");
  return {};
}

Result<void> check_boot(const Manifest& manifest) {
  if (!manifest.boot) return {};
  const ImageFile* const first = manifest.file(manifest.boot->first_block_file);
  if (first == nullptr || first->size_bytes != 512) return hostile("boot code without its first block");
  if (!manifest.boot->gap_file.empty() && manifest.file(manifest.boot->gap_file) == nullptr)
    return hostile("boot code without its gap");
  return {};
}

Result<void> check_partition(const ImagePartition& partition, const SourceFacts& source) {
  const std::string which = "partition " + std::to_string(partition.number) + ": ";
  const bool type_fits = source.table == TableKind::Gpt ? is_guid(partition.type) : looks_like(partition.type, "0x@@");
  if (partition.number == 0 || partition.number > kMostPartitions) return hostile(which + "number");
  if (!type_fits) return hostile(which + "type");
  if (!is_showable(partition.name) || !is_showable(partition.label)) return hostile(which + "name");
  if (!is_uuid_for(partition.file_system, partition.uuid)) return hostile(which + "UUID");
  if (!std::has_single_bit(partition.block_bytes) || partition.block_bytes < 512 || partition.block_bytes > 65536)
    return hostile(which + "bytes a block");

  const std::uint64_t source_blocks = source.size_bytes / source.logical_bytes;
  if (partition.source.empty() || partition.source.count > source_blocks ||
      partition.source.first > source_blocks - partition.source.count)
    return hostile(which + "it lies outside of its source");
  const std::uint64_t room = partition.source.count * source.logical_bytes;
  if (partition.block_count == 0 || partition.block_count > room / partition.block_bytes)
    return hostile(which + "its file system is larger than itself");
  if (partition.size_bytes == 0 || partition.size_bytes > kLargestSize || partition.minimum_bytes == 0 ||
      partition.minimum_bytes > partition.size_bytes)
    return hostile(which + "sizes");
  return {};
}

Result<void> check_partitions(const Manifest& manifest) {
  if (manifest.partitions.empty() || manifest.partitions.size() > kMostPartitions)
    return hostile("number of partitions");
  std::set<std::uint32_t> numbers;
  std::set<std::string_view> files;
  std::uint64_t end = 0;
  std::size_t growing = 0;
  for (const ImagePartition& partition : manifest.partitions) {
    const std::string which = "partition " + std::to_string(partition.number) + ": ";
    TRY(check_partition(partition, manifest.source));
    if (!numbers.insert(partition.number).second) return hostile(which + "number twice");
    if (partition.source.first < end) return hostile(which + "it overlaps the one before");
    end = partition.source.end();
    growing += partition.grows ? 1 : 0;
    const bool made_anew = partition.file_system == FileSystemKind::Swap;
    if (made_anew != partition.file.empty()) return hostile(which + "file");
    if (made_anew && !partition.chunks.empty()) return hostile(which + "swap with chunks");
    if (!made_anew && !files.insert(partition.file).second) return hostile(which + "the file of another");
  }
  if (growing != 1) return hostile("not exactly one partition grows");
  if (manifest.minimum_bytes != smallest_drive(manifest.partitions)) return hostile("minimum size of the drive");
  return {};
}

Result<void> check_chunk(const ImageChunk& chunk, const ImagePartition& partition, std::uint64_t first_free) {
  const std::span<const LbaRange> ranges = chunk.extents.ranges();
  if (ranges.empty()) return hostile(partition.file + ": a chunk of nothing");
  if (ranges.front().first < first_free || ranges.back().end() > partition.block_count)
    return hostile(partition.file + ": a chunk outside of its partition, or out of order");
  if (chunk.extents.block_count() > kLargestChunkBytes / partition.block_bytes)
    return hostile(partition.file + ": a chunk that is too large");
  if (chunk.length == 0 || chunk.length > largest_frame(kLargestChunkBytes))
    return hostile(partition.file + ": the length of a frame");
  return {};
}

// Frames lie end to end over the whole file; what they hold ascends over the partition.
Result<void> check_frames(const Manifest& manifest, const ImagePartition& partition) {
  if (partition.file.empty()) return {};
  const std::vector<const ImageFile*> volumes = manifest.volumes(partition);
  if (volumes.empty()) return hostile(partition.file + " is not among the files");
  std::uint64_t size_bytes = 0;
  for (const ImageFile* volume : volumes) {
    size_bytes += volume->size_bytes;
    if (size_bytes > kLargestSize) return hostile("the size of " + partition.file);
  }
  const bool has_header = partition.file_system != FileSystemKind::Raw;
  if (has_header != (partition.header_length != 0)) return hostile(partition.file + ": header");
  std::uint64_t offset = partition.header_length;
  std::uint64_t first_free = 0;
  for (const ImageChunk& chunk : partition.chunks) {
    TRY(check_chunk(chunk, partition, first_free));
    if (chunk.offset != offset) return hostile(partition.file + ": a gap between frames");
    offset += chunk.length;
    first_free = chunk.extents.ranges().back().end();
  }
  if (offset != size_bytes) return hostile(partition.file + ": its frames and its size differ");
  return {};
}

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kLayoutAlignment - 1) / kLayoutAlignment * kLayoutAlignment;
}

}  // namespace

Value ImageChunk::to_value() const {
  std::string line =
      std::to_string(offset) + "+" + std::to_string(length) + " " + to_hex(frame_sha256) + " " + to_hex(sha256);
  if (zero) line += " zero";
  if (!extents.empty()) line += " " + to_text(extents);
  return line;
}

Result<ImageChunk> ImageChunk::from_value(const Value& value) {
  const auto* const text = std::get_if<std::string>(&value.held);
  if (text == nullptr) return hostile("a chunk that is no text");
  std::string_view line = *text;
  ImageChunk chunk;
  std::uint64_t length = 0;
  if (!pair_of(next_word(line), chunk.offset, length) || !std::in_range<std::uint32_t>(length))
    return hostile("where a chunk's frame lies");
  chunk.length = static_cast<std::uint32_t>(length);
  if (!digest_of(next_word(line), chunk.frame_sha256)) return hostile("the hash of a frame");
  if (!digest_of(next_word(line), chunk.sha256)) return hostile("the hash of a chunk");
  if (line.starts_with("zero ")) {
    chunk.zero = true;
    (void)next_word(line);  // The word that we just saw.
  }
  std::uint64_t free_from = 0;
  while (!line.empty()) {
    LbaRange range;
    if (!pair_of(next_word(line), range.first, range.count)) return hostile("an extent of a chunk");
    const bool apart = range.first > free_from || chunk.extents.empty();
    if (range.empty() || !apart || range.count > kLargestSize || range.first > kLargestSize)
      return hostile("extents that are not sorted and apart");
    chunk.extents.add(range);
    free_from = range.end();
  }
  return chunk;
}

const ImageFile* Manifest::file(std::string_view wanted) const {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const ImageFile& each) { return each.name == wanted; });
  return found == files.end() ? nullptr : &*found;
}

std::vector<const ImageFile*> Manifest::volumes(const ImagePartition& partition) const {
  if (const ImageFile* const whole = file(partition.file)) return {whole};
  std::vector<const ImageFile*> volumes;
  for (std::size_t i = 0; i < kMostVolumes; ++i) {
    const ImageFile* const volume = file(partition.file + volume_suffix(i));
    if (volume == nullptr) break;
    volumes.push_back(volume);
  }
  return volumes;
}

std::string manifest_text(const Manifest& manifest) { return to_json_pretty(to_value(manifest)); }

Result<Manifest> parse_manifest(std::string_view text) {
  if (text.size() > kLargestManifest) return hostile("larger than any of ours");
  Result<Value> tree = parse_json(text);
  if (!tree.ok()) return hostile(tree.error().detail);
  Result<Manifest> manifest = from_value<Manifest>(tree.value());
  if (!manifest.ok()) return hostile(manifest.error().detail);
  TRY(validate(manifest.value()));
  return manifest;
}

bool is_image_name(std::string_view name) { return is_file_name(name); }

Result<void> validate_layout(const Manifest& manifest) {
  if (manifest.format != kFormat)
    return hostile("format " + std::to_string(manifest.format) + ", which we do not read");
  if (!is_image_name(manifest.name)) return hostile("name");
  if (!is_showable(manifest.made_by)) return hostile("who made it");
  TRY(check_files(manifest));
  TRY(check_source(manifest.source));
  TRY(check_boot(manifest));
  TRY(check_partitions(manifest));
  return {};
}

Result<void> validate(const Manifest& manifest) {
  TRY(validate_layout(manifest));
  for (const ImagePartition& partition : manifest.partitions) TRY(check_frames(manifest, partition));
  return {};
}

std::uint64_t smallest_drive(const std::vector<ImagePartition>& partitions) {
  std::uint64_t bytes = 2 * kLayoutAlignment;  // Table and first alignment in front, backup table behind.
  for (const ImagePartition& partition : partitions) bytes += aligned(partition.minimum_bytes);
  return bytes;
}

}  // namespace relance
