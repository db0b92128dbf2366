#include "wiper/device/sure_reader.h"

#include <doctest/doctest.h>

#include "tests/support/memory_drive.h"
#include "wiper/device/block_buffer.h"

namespace relance {
namespace {

// Leaves out, or takes from the first block, what it is asked for with these calls.
class Forgetful : public BlockReader {
 public:
  Forgetful(BlockReader& drive, unsigned from, unsigned count) : drive_(drive), from_(from), count_(count) {}
  Geometry geometry() const override { return drive_.geometry(); }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override {
    const bool forgets = calls >= from_ && calls < from_ + count_;
    ++calls;
    if (forgets) return {};
    return drive_.read(range, bytes);
  }
  unsigned calls = 0;

 private:
  BlockReader& drive_;
  unsigned from_;
  unsigned count_;
};

TEST_SUITE("sure reader") {
  TEST_CASE("a read that delivers nothing is asked again, wherever it comes, and one that never delivers is an error") {
    MemoryDrive drive({.block_count = 8});
    for (unsigned from = 0; from < 4; ++from)
      for (const unsigned count : {1U, 2U, 100U}) {
        CAPTURE(from);
        CAPTURE(count);
        Forgetful forgetful(drive, from, count);
        SureReader reader(forgetful);
        BlockBuffer buffer(1024);
        const Result<void> read = reader.read({2, 2}, buffer.bytes());
        const bool never_delivers = from < 2 && count == 100;
        CHECK(read.ok() != never_delivers);
        if (never_delivers) CHECK(read.error().stop == Stop::ReadErrors);
        if (read.ok()) CHECK(Bytes(buffer.bytes().begin(), buffer.bytes().end()) == Bytes(1024, std::byte{0xAA}));
      }
  }

  TEST_CASE("a drive's own error is handed on") {
    MemoryDrive drive({.block_count = 8});
    drive.unreadable.add({3, 1});
    SureReader reader(drive);
    BlockBuffer buffer(512);
    CHECK(reader.read({3, 1}, buffer.bytes()).error().code == Errc::Io);
    CHECK(reader.read({4, 1}, buffer.bytes()).ok());
  }
}

}  // namespace
}  // namespace relance
