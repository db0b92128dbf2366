#include "tui/session/images.h"

#include <algorithm>
#include <filesystem>

#include "wiper/linux/plain_file.h"
#include "wiper/plan/estimate.h"

namespace relance {
namespace {

namespace fs = std::filesystem;

// Names are plain file names: they come from a manifest that is read before it is trusted.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

class DirectoryFile : public FileSource {
 public:
  explicit DirectoryFile(PlainFile file) : file_(std::move(file)) {}
  std::uint64_t size_bytes() const override { return file_.size_bytes(); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override {
    Result<void> done = file_.read(offset, bytes);
    if (!done.ok() && done.error().code == Errc::Corrupt)
      return Error{Errc::Corrupt, Stop::ImageDamaged, done.error().detail};
    return done;
  }

 private:
  PlainFile file_;
};

class Directory : public FolderSource {
 public:
  explicit Directory(fs::path folder) : folder_(std::move(folder)) {}

  Result<std::vector<std::string>> list() override {
    std::error_code trouble;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder_, trouble), end; !trouble && entry != end; entry.increment(trouble)) {
      std::error_code unknown;
      if (entry->is_regular_file(unknown)) names.push_back(entry->path().filename().string());
    }
    if (trouble) return Error{Errc::Invalid, Stop::ImageMissing, folder_.string() + ": " + trouble.message()};
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::unique_ptr<FileSource>> open(const std::string& name) override {
    if (!is_plain_name(name)) return Error{Errc::Corrupt, Stop::ImageHostile, "a file name that is none: " + name};
    Result<PlainFile> file = PlainFile::open((folder_ / name).string());
    if (!file.ok()) return Error{Errc::Invalid, Stop::ImageMissing, file.error().detail};
    return std::unique_ptr<FileSource>(std::make_unique<DirectoryFile>(std::move(file).value()));
  }

 private:
  fs::path folder_;
};

class DirectorySink : public FolderSink {
 public:
  explicit DirectorySink(fs::path folder) : folder_(std::move(folder)) {}

  Result<std::unique_ptr<FileSink>> create(const std::string& name) override {
    if (!is_plain_name(name)) return Error{Errc::Invalid, Stop::Internal, "a file name that is none: " + name};
    PlainFile file = TRY(PlainFile::create((folder_ / name).string()));
    return std::unique_ptr<FileSink>(std::make_unique<NewFile>(std::move(file)));
  }
  std::optional<std::uint64_t> largest_file_bytes() const override {
    return relance::largest_file_bytes(folder_.string());
  }

 private:
  class NewFile : public FileSink {
   public:
    explicit NewFile(PlainFile file) : file_(std::move(file)) {}
    Result<void> append(std::span<const std::byte> bytes) override { return file_.append(bytes); }
    Result<void> finish() override { return file_.sync(); }

   private:
    PlainFile file_;
  };
  fs::path folder_;
};

std::uint64_t bytes_of_image(const Manifest& manifest) {
  std::uint64_t bytes = 0;
  for (const ImagePartition& partition : manifest.partitions)
    for (const ImageChunk& chunk : partition.chunks) bytes += chunk.extents.block_count() * partition.block_bytes;
  return bytes;
}

}  // namespace

Result<std::shared_ptr<FolderSource>> open_directory(const std::string& path) {
  std::error_code trouble;
  if (!fs::is_directory(path, trouble)) return Error{Errc::Invalid, Stop::ImageMissing, path + " is no folder"};
  return std::shared_ptr<FolderSource>(std::make_shared<Directory>(path));
}

Result<std::shared_ptr<FolderSink>> create_directory(const std::string& path) {
  std::error_code trouble;
  fs::create_directories(path, trouble);
  if (trouble) return Error{Errc::Io, Stop::StickReadOnly, path + ": " + trouble.message()};
  const bool is_empty = fs::is_empty(path, trouble);
  if (trouble) return Error{Errc::Io, Stop::StickGone, path + ": " + trouble.message()};
  if (!is_empty) return Error{Errc::Refused, Stop::RecordTaken, path + " holds files already"};
  return std::shared_ptr<FolderSink>(std::make_shared<DirectorySink>(path));
}

Result<std::shared_ptr<const ImageFolder>> open_image(const ImagePlace& place, const KeyCertificate* root) {
  const std::shared_ptr<FolderSource> folder = TRY(open_directory(place.folder));
  ImageFolder image = TRY(ImageFolder::open(folder, {.root = root, .unsigned_allowed = place.may_be_unsigned}));
  return std::make_shared<const ImageFolder>(std::move(image));
}

Result<std::shared_ptr<const ImageFolder>> open_manifest(const ImagePlace& place, const KeyCertificate* root) {
  const std::shared_ptr<FolderSource> folder = TRY(open_directory(place.folder));
  ImageFolder image =
      TRY(ImageFolder::open_manifest(folder, {.root = root, .unsigned_allowed = place.may_be_unsigned}));
  return std::make_shared<const ImageFolder>(std::move(image));
}

std::vector<std::uint64_t> expected_bytes(const Plan& plan, const ImageFolder* image) {
  const std::uint64_t of_image = image == nullptr ? 0 : bytes_of_image(image->manifest());
  std::vector<std::uint64_t> bytes;
  for (const Step& step : plan.steps) {
    const bool moves_nothing = step.kind == StepKind::Require || step.kind == StepKind::Uncover ||
                               step.kind == StepKind::EraseByDrive || step.kind == StepKind::Search;
    if (moves_nothing || step.role == StepRole::Finish || step.is_overlay)
      bytes.push_back(0);  // A judgement reads nothing; the overlay is a few megabytes.
    else if (step.role == StepRole::Image)
      bytes.push_back(of_image);
    else
      bytes.push_back(erase_bytes(step, plan.drive.geometry));
  }
  return bytes;
}

}  // namespace relance
