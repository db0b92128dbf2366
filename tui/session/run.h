#pragma once
// Jobs on one or more drives, side by side under one supervisor, and what they came to: the journal as it is read back from
// the stick, its verdict, its certificate.

#include "tui/model/message.h"
#include "tui/session/bench.h"
#include "tui/session/effort.h"
#include "tui/session/stick_key.h"
#include "wiper/job/supervisor.h"
#include "wiper/ledger/ledger.h"

namespace relance {

struct RunSetup {
  Bench bench;
  std::shared_ptr<Journal> journal;
  std::shared_ptr<const StickKey> key;  // Null: no stick, no certificate.
  std::shared_ptr<Ledger> ledger;       // Null without a key.
  CertifiedParties parties;
  std::string verify_url;  // For the certificate's QR code; may be empty.
  Language language = Language::French;
};

// What a job starts from.
struct JobStart {
  std::string drive;  // Tag in the journal.
  Confirmation confirmation;
  JobState already;
  std::shared_ptr<Contents> contents;
  std::vector<std::uint64_t> step_bytes;  // Expected of each step, for the clock time of the end.
};

class Run {
 public:
  explicit Run(RunSetup setup);
  ~Run();

  void add(JobStart start, std::size_t drives_at_once);

  // Ten times a second: how far it is, and whether all jobs have ended or are stalled.
  bool look();
  bool has_ended() const;
  std::vector<DriveSample> samples() const;
  std::vector<Plan> plans() const;
  std::vector<std::vector<std::uint64_t>> step_bytes() const;

  // Every job leaves at its next chunk.
  void cancel();
  // A job that does not leave is left alone: its journal stays open, so that it can be resumed.
  bool is_patience_over() const;

  // Settles the journal, reads it back, judges, certifies; again if the stick did not take it. After look() said true, or
  // patience is over.
  std::vector<DriveOutcome> conclude();
  bool is_saved() const;

  // A thread of it hangs in the kernel: leave by _Exit.
  bool has_hanging_thread() const;
  // It has refused what we had to tell: pulled out, full.
  bool is_stick_away() const;
  bool is_on_battery() const { return supervisor_.is_on_battery(); }
  const std::string& name() const;

 private:
  struct Job;
  DriveOutcome conclude_job(Job& job);
  Result<void> certify(Job& job, const Evidence& evidence, DriveOutcome& outcome);

  RunSetup setup_;
  Supervisor supervisor_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::optional<Moment> cancelled_;
  bool saved_ = true;
};

// Of how a drive's run ended, and of its verdict.
ExitCode exit_of(const Evidence& evidence, const Verdict& verdict);

}  // namespace relance
