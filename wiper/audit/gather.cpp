#include "wiper/audit/gather.h"

#include <filesystem>
#include <fstream>
#include <set>

namespace relance {
namespace {

namespace fs = std::filesystem;

Error no_such(const std::string& path) { return {Errc::Invalid, Stop::Usage, path + ": no such file or folder"}; }

bool is_plain_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error));
}

bool is_list(const std::string& path) { return is_lost_sticks(file_signed_by(path)); }
bool is_ours(const std::string& path) {
  return is_ledger(path) || path.ends_with(kPdfEnding) || file_signed_by(path).ends_with(kCertificateEnding);
}

Result<void> add_folder(const std::string& folder, std::set<std::string>& paths, bool is_wanted(const std::string&)) {
  std::error_code error;
  fs::recursive_directory_iterator each(folder, error);
  for (; !error && each != fs::end(each); each.increment(error)) {
    if (each.depth() > kDeepestFolder)
      return Error{Errc::Corrupt, Stop::CertificateWrong, folder + ": nested too deep"};
    if (paths.size() >= kMostAuditedFiles)
      return Error{Errc::Corrupt, Stop::CertificateWrong, folder + ": too many files"};
    const std::string path = each->path().string();
    if (is_wanted(path) && is_plain_file(path)) paths.insert(path);
  }
  if (error) return Error{Errc::Io, Stop::CertificateWrong, folder + ": " + error.message()};
  return Done{};
}

Result<void> add_path(const std::string& path, std::set<std::string>& paths) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const std::string certificates = (fs::path(path) / kCertificateFolder).string();
    if (!fs::is_directory(certificates, error)) return add_folder(path, paths, is_ours);
    TRY(add_folder(certificates, paths, is_ours));
    const std::string ledgers = (fs::path(path) / kLedgerFolder).string();
    if (fs::is_directory(ledgers, error)) {
      TRY(add_folder(ledgers, paths, is_ours));
    }
    const std::string checkers = (fs::path(path) / kCheckerFolder).string();
    return fs::is_directory(checkers, error) ? add_folder(checkers, paths, is_list) : Done{};
  }
  if (!fs::is_regular_file(path, error)) return no_such(path);
  if (is_ledger(path)) {
    paths.insert(path);
    return Done{};
  }
  const std::string certificate = file_signed_by(path);
  for (const std::string& one : {certificate, certificate + ".p7s", certificate + ".sig"})
    if (fs::is_regular_file(one, error)) paths.insert(one);
  return Done{};
}

}  // namespace

Result<std::vector<std::string>> gather(std::span<const std::string> paths) {
  std::set<std::string> found;
  for (const std::string& path : paths) TRY(add_path(path, found));
  return std::vector<std::string>(found.begin(), found.end());
}

Result<Bytes> read_audited(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) return Error{Errc::Io, Stop::CertificateWrong, path + ": " + error.message()};
  if (size > kLongestAuditedFile)
    return Error{Errc::Corrupt, Stop::CertificateWrong, path + ": too long for a certificate"};
  Bytes bytes(static_cast<std::size_t>(size));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!file || file.gcount() != static_cast<std::streamsize>(size))
    return Error{Errc::Io, Stop::CertificateWrong, path + ": cannot be read"};
  return bytes;
}

}  // namespace relance
