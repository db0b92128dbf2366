#pragma once
// Our own medium, as a seam: the stick's data partition, or a folder laid out like it. Paths are relative to it
// ("JOURNAL/…"), use '/', and never leave it.
//
// Threading: any thread may call any member.

#include <string>
#include <vector>

#include "wiper/base/bytes.h"

namespace relance {

class Store {
 public:
  virtual ~Store() = default;

  // Adds bytes at the end of a file (made if missing, with its folders). Done means: on the medium (fsync of file and of
  // the folder it is new in). After an error the file may end in a torn piece of the bytes: readers drop it.
  virtual Result<void> append(const std::string& path, std::span<const std::byte> bytes) = 0;

  // A new whole file: written under another name, synced, read back and compared, then renamed. Never found half-written
  // under its name. Refused with Stop::RecordTaken if the name is taken: a record is never overwritten.
  virtual Result<void> publish(const std::string& path, std::span<const std::byte> bytes) = 0;

  // The whole file, read from the medium. Stop::Unspecified with Errc::Invalid: no such file.
  virtual Result<Bytes> read(const std::string& path) = 0;
  // Names (not paths) of the files and folders in a folder, sorted; empty if there is no such folder.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
  virtual bool exists(const std::string& path) = 0;

  // Can we write at all? Writes, reads back and removes a small file in JOURNAL/: full, read-only or pulled is known at
  // the first screen and not at the end. Errors: StickFull, StickReadOnly, StickGone.
  virtual Result<void> try_out() = 0;
};

// The folders of a stick's data partition.
inline constexpr const char* kJournalFolder = "JOURNAL";
inline constexpr const char* kCertificateFolder = "CERTIFICATS";
inline constexpr const char* kLedgerFolder = "REGISTRE";
inline constexpr const char* kImageFolder = "IMAGES";
inline constexpr const char* kCheckerFolder = "VERIFIER";
inline constexpr const char* kProfileFile = "relance.toml";

}  // namespace relance
