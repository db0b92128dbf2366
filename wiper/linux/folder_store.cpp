#include "wiper/linux/folder_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "wiper/linux/entropy.h"
#include "wiper/linux/os_error.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

// A file under this name was never finished: a power cut leaves it, nobody lists it, the next publish writes over it.
constexpr std::string_view kUnfinished = ".part";
constexpr const char* kTryOutFile = "JOURNAL/essai.part";
constexpr std::size_t kLargestRecord =
    256u << 20;                              // We publish certificates and overlays; images are not read through here.
constexpr std::size_t kMostNames = 100'000;  // A hostile folder may be without end.
constexpr int kReadFlags =
    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;  // Nonblocking: it might be a FIFO.
constexpr int kWriteFlags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;

Result<void> check_path(const std::string& path) {
  if (stays_inside(path)) return {};
  return Error{Errc::Invalid, Stop::Internal, "'" + path + "' is no path on the stick"};
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string unfinished(const std::string& path) { return path + std::string(kUnfinished); }

// 0, or the errno that stopped it.
int write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return EIO;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

Error named_like_nothing(const std::string& path) {
  return {Errc::Invalid, Stop::Unspecified, "no such file on the stick: " + path, ENOENT};
}

}  // namespace

Result<std::unique_ptr<FolderStore>> FolderStore::open(const std::string& root) {
  Opened opened = TRY(open_folder(root));
  return std::unique_ptr<FolderStore>(new FolderStore(root, std::move(opened)));
}

FolderStore::FolderStore(std::string path, Opened opened) : path_(std::move(path)), root_(opened.folder.number()) {
  opened_.push_back(std::move(opened));
}

Result<FolderStore::Opened> FolderStore::open_folder(const std::string& path) {
  Opened opened{.folder = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))};
  struct stat facts{};
  if (!opened.folder.is_open() || ::fstat(opened.folder.number(), &facts) != 0)
    return Error{Errc::Gone, Stop::StickMissing, os_sentence("stick folder " + path, errno), errno};
  opened.device = facts.st_dev;
  opened.number = facts.st_ino;
  const Descriptor marker(::openat(opened.folder.number(), kMarkerFile, kReadFlags));
  std::array<char, 256> text{};
  const ssize_t count = marker.is_open() ? ::read(marker.number(), text.data(), text.size()) : 0;
  if (count > 0) opened.marker.assign(text.data(), static_cast<std::size_t>(count));
  return opened;
}

Result<void> FolderStore::come_back() {
  if (!is_lost_) return {};
  const std::lock_guard lock(coming_back_);
  if (!is_lost_) return {};
  Result<Opened> again = open_folder(path_);
  if (!again.ok()) return Error{Errc::Gone, Stop::StickGone, again.error().detail, again.error().os_errno};
  Opened found = std::move(again).value();
  const Opened& last = opened_.back();
  const bool same_folder = found.device == last.device && found.number == last.number;
  const bool same_stick = !last.marker.empty() && found.marker == last.marker && holds_last_record(found);
  if (!same_folder && !same_stick)
    return Error{Errc::Gone, Stop::StickGone, "what lies at " + path_ + " now is not the stick that was there"};
  if (!same_folder) {
    root_ = found.folder.number();
    opened_.push_back(std::move(found));
  }
  is_lost_ = false;
  return {};
}

bool FolderStore::holds_last_record(const Opened& found) const {
  if (last_path_.empty()) return true;
  struct stat facts{};
  return ::fstatat(found.folder.number(), last_path_.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
         facts.st_size >= last_size_;
}

Result<void> FolderStore::append(const std::string& path, std::span<const std::byte> bytes) {
  TRY(check_path(path));
  TRY(come_back());
  const std::lock_guard lock(writing_);
  const int flags = kWriteFlags | O_APPEND;
  Descriptor file(::openat(root(), path.c_str(), flags));
  const bool is_new = !file.is_open() && errno == ENOENT;
  if (is_new) {
    TRY(make_folders(path));
    file = Descriptor(::openat(root(), path.c_str(), flags | O_CREAT, 0644));
  }
  if (!file.is_open()) return failure("open " + path, errno);

  struct stat before{};
  if (::fstat(file.number(), &before) != 0) return failure("append to " + path, errno);
  if (const int trouble = write_all(file.number(), bytes); trouble != 0) {
    // Without its torn end the next line starts on a line of its own, once there is room again. If that fails as well,
    // readers drop the piece.
    const bool is_torn = ::ftruncate(file.number(), before.st_size) != 0;
    return failure("append to " + path + (is_torn ? " (a torn line stays)" : ""), trouble);
  }
  if (::fsync(file.number()) != 0) return failure("sync " + path, errno);
  if (is_new) {
    TRY(sync_folder_of(path));
  }
  const std::lock_guard record(coming_back_);
  last_path_ = path;
  last_size_ = before.st_size + static_cast<std::int64_t>(bytes.size());
  return {};
}

Result<void> FolderStore::publish(const std::string& path, std::span<const std::byte> bytes) {
  TRY(check_path(path));
  TRY(come_back());
  const std::lock_guard lock(writing_);
  if (exists(path)) return Error{Errc::Refused, Stop::RecordTaken, path + " exists already", EEXIST};
  TRY(make_folders(path));
  const std::string temporary = unfinished(path);
  TRY(write_whole(temporary, bytes));
  TRY(rename_to_free_name(temporary, path));
  return sync_folder_of(path);
}

Result<Bytes> FolderStore::read(const std::string& path) {
  TRY(check_path(path));
  TRY(come_back());
  return read_from_medium(path);
}

Result<std::vector<std::string>> FolderStore::list(const std::string& folder) {
  TRY(check_path(folder));
  TRY(come_back());
  const int descriptor = ::openat(root(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) {
    const Error error = failure("list " + folder, errno);
    if (error.os_errno == ENOENT && error.code == Errc::Invalid) return std::vector<std::string>();
    return error;
  }
  DIR* const stream = ::fdopendir(descriptor);
  if (stream == nullptr) {
    const int trouble = errno;
    (void)::close(descriptor);  // fdopendir did not take it.
    return failure("list " + folder, trouble);
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> close_it(stream, &::closedir);

  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream);
    if (entry == nullptr && errno != 0) return failure("list " + folder, errno);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || name.ends_with(kUnfinished)) continue;
    if (names.size() == kMostNames)
      return Error{Errc::Corrupt, Stop::JournalDamaged, folder + " on the stick has too many files"};
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool FolderStore::exists(const std::string& path) {
  struct stat facts{};
  return stays_inside(path) && ::fstatat(root(), path.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<void> FolderStore::try_out() {
  TRY(come_back());
  const std::lock_guard lock(writing_);
  Bytes never_seen(64);  // Random: a worn stick that keeps last year's test file must not pass.
  LinuxEntropy().fill(never_seen);
  TRY(make_folders(kTryOutFile));
  TRY(write_whole(kTryOutFile, never_seen));
  if (::unlinkat(root(), kTryOutFile, 0) != 0) return failure("remove the test file", errno);
  return {};
}

// Every folder above the file, each synced into the one that holds it.
Result<void> FolderStore::make_folders(const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (::mkdirat(root(), folder.c_str(), 0755) == 0) {
      TRY(sync_folder_of(folder));
    } else if (errno != EEXIST) {
      // A read-only or full medium may say so although the folder is there: then what follows will tell.
      const int trouble = errno;
      if (!exists(folder)) return failure("make the folder " + folder, trouble);
    }
  }
  return {};
}

Result<void> FolderStore::sync_folder_of(const std::string& path) {
  const std::string folder = folder_of(path);
  const Descriptor descriptor(::openat(root(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) return failure("open the folder " + folder, errno);
  // EINVAL: a file system that cannot sync folders writes them with the file.
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL) return failure("sync the folder " + folder, errno);
  return {};
}

// Its pages go first: what comes back was on the medium.
Result<Bytes> FolderStore::read_from_medium(const std::string& path) {
  const Descriptor file(::openat(root(), path.c_str(), kReadFlags));
  if (!file.is_open()) return failure("open " + path, errno);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return failure("read " + path, errno);
  if (!S_ISREG(facts.st_mode)) return Error{Errc::Invalid, Stop::Unspecified, path + " on the stick is no file"};
  (void)::posix_fadvise(file.number(), 0, 0,
                        POSIX_FADV_DONTNEED);  // Advice: dirty pages of others stay, and that is fine.

  Bytes bytes;
  for (;;) {
    constexpr std::size_t kPiece = 256 * 1024;  // The size in facts may be wrong by the time we read.
    const std::size_t have = bytes.size();
    if (have > kLargestRecord) return Error{Errc::Corrupt, Stop::JournalDamaged, path + " on the stick is too large"};
    bytes.resize(have + kPiece);
    const ssize_t count = ::read(file.number(), bytes.data() + have, kPiece);
    const int trouble = errno;
    bytes.resize(have + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return bytes;
    if (count < 0 && trouble != EINTR) return failure("read " + path, trouble);
  }
}

// Written, synced, read back and compared. Whatever goes wrong, the piece is taken away again.
Result<void> FolderStore::write_whole(const std::string& path, std::span<const std::byte> bytes) {
  const auto write = [&]() -> Result<void> {
    Descriptor file(::openat(root(), path.c_str(), kWriteFlags | O_CREAT | O_TRUNC, 0644));
    if (!file.is_open()) return failure("make " + path, errno);
    if (const int trouble = write_all(file.number(), bytes); trouble != 0) return failure("write " + path, trouble);
    if (::fsync(file.number()) != 0) return failure("sync " + path, errno);
    const Bytes actual = TRY(read_from_medium(path));
    if (!std::equal(actual.begin(), actual.end(), bytes.begin(), bytes.end()))
      return Error{Errc::Corrupt, Stop::StickGone, "the stick does not keep what is written on it: " + path};
    return {};
  };
  Result<void> written = write();
  if (!written.ok()) (void)::unlinkat(root(), path.c_str(), 0);  // The error is told; the leftover is never listed.
  return written;
}

Result<void> FolderStore::rename_to_free_name(const std::string& from, const std::string& to) {
  int done = ::renameat2(root(), from.c_str(), root(), to.c_str(), RENAME_NOREPLACE);
  if (done != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system without that flag. A link is as atomic and never replaces; where there are no links either, only our
    // own lock stands between two writers.
    done = ::linkat(root(), from.c_str(), root(), to.c_str(), 0);
    if (done == 0)
      (void)::unlinkat(root(), from.c_str(), 0);  // A leftover that is never listed.
    else if (errno != EEXIST && !exists(to))
      done = ::renameat(root(), from.c_str(), root(), to.c_str());
    else
      errno = EEXIST;
  }
  if (done == 0) return {};
  const int trouble = errno;
  (void)::unlinkat(root(), from.c_str(), 0);
  if (trouble == EEXIST) return Error{Errc::Refused, Stop::RecordTaken, to + " exists already", trouble};
  return failure("name " + to, trouble);
}

Error FolderStore::lost(const std::string& sentence, int os_errno) const {
  is_lost_ = true;
  return {Errc::Gone, Stop::StickGone, sentence, os_errno};
}

Error FolderStore::failure(const std::string& what, int os_errno) const {
  const std::string sentence = os_sentence("stick: " + what, os_errno);
  struct stat facts{};
  const bool root_is_gone = ::fstatat(root(), ".", &facts, 0) != 0 || facts.st_nlink == 0;
  if (root_is_gone) return lost(sentence, os_errno);
  switch (os_errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {Errc::Io, Stop::StickFull, sentence, os_errno};
    case EROFS:
    case EACCES:
    case EPERM:
      is_lost_ = true;  // Perhaps: a file system whose medium has gone may call itself read-only.
      return {Errc::Refused, Stop::StickReadOnly, sentence, os_errno};
    case ENOENT:
      return named_like_nothing(what);
    case ENAMETOOLONG:
    case EINVAL:
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
      return {Errc::Invalid, Stop::Unspecified, sentence, os_errno};
    default:
      return lost(sentence, os_errno);
  }
}

}  // namespace relance
