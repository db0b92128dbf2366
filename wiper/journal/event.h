#pragma once
// What happened to one drive: few, typed, never dropped; the only input of what is shown, resumed or certified.
// A new kind of event: a struct with kName and fields(), and its place in the variant.

#include <variant>

#include "wiper/crypto/keyed_stream.h"
#include "wiper/erase/erase_proof.h"
#include "wiper/journal/trial.h"
#include "wiper/plan/plan.h"
#include "wiper/sweep/sweep.h"

namespace relance {

// The machine as its firmware names it (DMI), and us.
struct MachineFacts {
  std::string maker;
  std::string product;
  std::string serial;
  std::uint64_t memory_bytes = 0;
  std::string software;  // Our version.

  static constexpr auto fields() {
    return std::tuple{field("maker", &MachineFacts::maker), field("product", &MachineFacts::product),
                      field("serial", &MachineFacts::serial), field("memory_bytes", &MachineFacts::memory_bytes),
                      field("software", &MachineFacts::software)};
  }
  bool operator==(const MachineFacts&) const = default;
};

// Announced before anything is done to the drive, after the confirmation.
struct RunStarted {
  static constexpr std::string_view kName = "run-started";
  Plan plan;
  MachineFacts machine;
  std::array<std::byte, 32> seed{};
  Cipher cipher = Cipher::Aes256Ctr;  // As measured on this machine; a resumed run keeps it.
  std::uint64_t chunk_bytes = 0;
  std::int64_t pc_clock_s = 0;  // As read, right or wrong.

  static constexpr auto fields() {
    return std::tuple{field("plan", &RunStarted::plan),
                      field("machine", &RunStarted::machine),
                      field("seed", &RunStarted::seed),
                      field("cipher", &RunStarted::cipher),
                      field("chunk_bytes", &RunStarted::chunk_bytes),
                      field("pc_clock_s", &RunStarted::pc_clock_s)};
  }
  bool operator==(const RunStarted&) const = default;
};

// The run goes on in another process or after another boot: one interruption on the certificate.
struct RunResumed {
  static constexpr std::string_view kName = "run-resumed";
  std::int64_t pc_clock_s = 0;
  static constexpr auto fields() { return std::tuple{field("pc_clock_s", &RunResumed::pc_clock_s)}; }
  bool operator==(const RunResumed&) const = default;
};

struct StepStarted {
  static constexpr std::string_view kName = "step-started";
  std::uint64_t step = 0;  // Index into the plan's steps.
  ContentIdentity content;
  static constexpr auto fields() {
    return std::tuple{field("step", &StepStarted::step), field("content", &StepStarted::content)};
  }
  bool operator==(const StepStarted&) const = default;
};

struct OverlaySaved {
  static constexpr std::string_view kName = "overlay-saved";
  std::string name;
  std::string file;  // On the stick.
  std::string sha256;
  std::optional<std::string> statement_sha256;  // Of the erase statement inside, if there is one.
  static constexpr auto fields() {
    return std::tuple{field("name", &OverlaySaved::name), field("file", &OverlaySaved::file),
                      field("sha256", &OverlaySaved::sha256),
                      field("statement_sha256", &OverlaySaved::statement_sha256)};
  }
  bool operator==(const OverlaySaved&) const = default;
};

// What came of an Uncover step, and what the drive shows from now on: the rest of the run is about that.
struct DriveUncovered {
  static constexpr std::string_view kName = "drive-uncovered";
  std::uint64_t step = 0;
  Uncovering outcome = Uncovering::Done;
  Geometry geometry;
  HiddenAreas hidden_areas;
  static constexpr auto fields() {
    return std::tuple{field("step", &DriveUncovered::step), field("outcome", &DriveUncovered::outcome),
                      field("geometry", &DriveUncovered::geometry),
                      field("hidden_areas", &DriveUncovered::hidden_areas)};
  }
  bool operator==(const DriveUncovered&) const = default;
};

// Announced before the first command that makes the drive erase itself, with the password that may lock it.
struct DriveEraseAsked {
  static constexpr std::string_view kName = "drive-erase-asked";
  std::uint64_t step = 0;
  EraseIntent intent;
  static constexpr auto fields() {
    return std::tuple{field("step", &DriveEraseAsked::step), field("intent", &DriveEraseAsked::intent)};
  }
  bool operator==(const DriveEraseAsked&) const = default;
};

// An EraseProof on its way to the journal and back: the only other maker of one.
class EraseProofRecord {
 public:
  EraseProofRecord() = default;
  explicit EraseProofRecord(EraseProof proof) : proof_(std::move(proof)) {}
  const EraseProof& proof() const { return proof_; }
  Value to_value() const { return relance::to_value(proof_.report_); }
  static Result<EraseProofRecord> from_value(const Value& value);
  bool operator==(const EraseProofRecord&) const = default;

 private:
  EraseProof proof_;
};

struct DriveEraseEnded {
  static constexpr std::string_view kName = "drive-erase-ended";
  std::uint64_t step = 0;
  EraseProofRecord proof;
  static constexpr auto fields() {
    return std::tuple{field("step", &DriveEraseEnded::step), field("proof", &DriveEraseEnded::proof)};
  }
  bool operator==(const DriveEraseEnded&) const = default;
};

// These chunks are on the platter: their writes had returned before a flush that succeeded.
struct Checkpoint {
  static constexpr std::string_view kName = "checkpoint";
  std::uint64_t step = 0;
  ChunkSet done;
  ExtentSet failed;
  std::optional<std::uint64_t> kept_blocks = 0;  // Of `done`: were right already. Nothing: an earlier version's line.
  static constexpr auto fields() {
    return std::tuple{field("step", &Checkpoint::step), field("done", &Checkpoint::done),
                      field("failed", &Checkpoint::failed), field("kept_blocks", &Checkpoint::kept_blocks)};
  }
  bool operator==(const Checkpoint&) const = default;
};

struct WriteFinished {
  static constexpr std::string_view kName = "write-finished";
  std::uint64_t step = 0;
  SweepReport report;
  static constexpr auto fields() {
    return std::tuple{field("step", &WriteFinished::step), field("report", &WriteFinished::report)};
  }
  bool operator==(const WriteFinished&) const = default;
};

// A ReadBack on its way to the journal and back: the only other maker of one.
class ReadBackRecord {
 public:
  ReadBackRecord() = default;
  explicit ReadBackRecord(ReadBack read_back) : read_back_(std::move(read_back)) {}
  const ReadBack& read_back() const { return read_back_; }
  Value to_value() const;
  static Result<ReadBackRecord> from_value(const Value& value);
  bool operator==(const ReadBackRecord&) const = default;

 private:
  ReadBack read_back_;
};

struct CompareFinished {
  static constexpr std::string_view kName = "compare-finished";
  std::uint64_t step = 0;
  ReadBackRecord read_back;
  static constexpr auto fields() {
    return std::tuple{field("step", &CompareFinished::step), field("read_back", &CompareFinished::read_back)};
  }
  bool operator==(const CompareFinished&) const = default;
};

// The last event of a run in one boot. Interrupted runs have none: that is how they are known.
enum class RunEnd : std::uint8_t { Finished, Failed, Cancelled, Stalled };
template <>
struct EnumNames<RunEnd> {
  static constexpr std::array<std::string_view, 4> names{"finished", "failed", "cancelled", "stalled"};
};
struct RunEnded {
  static constexpr std::string_view kName = "run-ended";
  RunEnd end = RunEnd::Finished;
  std::uint64_t stop = 0;  // STOP number, 0 for none.
  std::string detail;
  std::int64_t pc_clock_s = 0;
  std::optional<Phrase> why;  // In words, where there is more to say than the STOP's.
  static constexpr auto fields() {
    return std::tuple{field("end", &RunEnded::end), field("stop", &RunEnded::stop), field("detail", &RunEnded::detail),
                      field("pc_clock_s", &RunEnded::pc_clock_s), field("why", &RunEnded::why)};
  }
  bool operator==(const RunEnded&) const = default;
};

struct CertificateWritten {
  static constexpr std::string_view kName = "certificate-written";
  std::string file;
  std::string sha256;
  static constexpr auto fields() {
    return std::tuple{field("file", &CertificateWritten::file), field("sha256", &CertificateWritten::sha256)};
  }
  bool operator==(const CertificateWritten&) const = default;
};

// The deployed system was started once, and this is what it tried. The certificate written next replaces the one before.
struct TrialCollected {
  static constexpr std::string_view kName = "trial-collected";
  std::vector<TrialCheck> checks;
  std::int64_t pc_clock_s = 0;
  static constexpr auto fields() {
    return std::tuple{field("checks", &TrialCollected::checks), field("pc_clock_s", &TrialCollected::pc_clock_s)};
  }
  bool operator==(const TrialCollected&) const = default;
};

using Event =
    std::variant<RunStarted, RunResumed, StepStarted, OverlaySaved, Checkpoint, WriteFinished, CompareFinished,
                 RunEnded, CertificateWritten, TrialCollected, DriveUncovered, DriveEraseAsked, DriveEraseEnded>;

Value event_to_value(const Event& event);  // {"event": kName, …fields}
Result<Event> event_from_value(const Value& value);

}  // namespace relance
