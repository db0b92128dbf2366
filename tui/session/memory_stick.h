#pragma once
// A stick that ends with the program: for a drive that is wiped without one. Nothing can be resumed from it.

#include <map>
#include <mutex>

#include "wiper/stick/store.h"

namespace relance {

class MemoryStick : public Store {
 public:
  Result<void> append(const std::string& path, std::span<const std::byte> bytes) override;
  Result<void> publish(const std::string& path, std::span<const std::byte> bytes) override;
  Result<Bytes> read(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  bool exists(const std::string& path) override;
  Result<void> try_out() override { return {}; }

 private:
  std::mutex mutex_;  // Of files_.
  std::map<std::string, Bytes> files_;
};

}  // namespace relance
