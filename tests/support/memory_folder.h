#pragma once
// A folder of files in memory, for tests of images: written through the sink, read through the source, damaged by hand.

#include <cstring>
#include <map>
#include <mutex>
#include <optional>

#include "imager/format/folder.h"
#include "wiper/base/bytes.h"

namespace relance {

class MemoryFolder : public FolderSource, public FolderSink {
 public:
  std::map<std::string, Bytes> files;
  std::optional<std::uint64_t> largest_file;
  std::uint64_t room = ~std::uint64_t{0};  // Bytes until the medium is full.
  std::uint64_t reads = 0;                 // Calls of FileSource::read.

  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : files) names.push_back(name);
    return names;
  }
  Result<std::unique_ptr<FileSource>> open(const std::string& name) override {
    if (!files.contains(name)) return Error{Errc::Invalid, Stop::ImageMissing, "no file " + name};
    return std::unique_ptr<FileSource>(std::make_unique<Source>(*this, name));
  }
  std::optional<std::uint64_t> largest_file_bytes() const override { return largest_file; }
  Result<std::unique_ptr<FileSink>> create(const std::string& name) override {
    if (files.contains(name)) return Error{Errc::Refused, Stop::RecordTaken, name};
    files[name];
    return std::unique_ptr<FileSink>(std::make_unique<Sink>(*this, name));
  }

 private:
  struct Source : FileSource {
    Source(MemoryFolder& of, std::string named) : folder(of), name(std::move(named)) {}
    std::uint64_t size_bytes() const override { return folder.files.at(name).size(); }
    Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override {
      const std::lock_guard lock(folder.mutex_);
      ++folder.reads;
      const Bytes& held = folder.files.at(name);
      if (offset > held.size() || bytes.size() > held.size() - offset)
        return Error{Errc::Corrupt, Stop::ImageDamaged, name + " is too short"};
      std::memcpy(bytes.data(), held.data() + offset, bytes.size());
      return {};
    }
    MemoryFolder& folder;
    std::string name;
  };
  struct Sink : FileSink {
    Sink(MemoryFolder& of, std::string named) : folder(of), name(std::move(named)) {}
    Result<void> append(std::span<const std::byte> bytes) override {
      if (bytes.size() > folder.room) return Error{Errc::Io, Stop::StickFull, "full"};
      folder.room -= bytes.size();
      Bytes& held = folder.files[name];
      held.insert(held.end(), bytes.begin(), bytes.end());
      return {};
    }
    Result<void> finish() override { return {}; }
    MemoryFolder& folder;
    std::string name;
  };
  std::mutex mutex_;
};

}  // namespace relance
