#pragma once
// Facts as people read them, in one line: for screens and for the command line alike.

#include <string>

#include "tui/model/message.h"

namespace relance {

// "Samsung SSD 870 EVO · 500 Go · mémoire flash"
std::string say_drive(Language language, const DriveFacts& drive);
// "Effacer → Contrôler l’effacement"
std::string say_steps(Language language, const Plan& plan);
// "Étape 1 sur 2 · Effacer · 254 Go sur 500 Go · 450 Mo/s"
std::string say_progress(Language language, const Plan& plan, const Meter& meter);
// What is on it: "ntfs « Windows », vfat"; empty if nothing was recognised.
std::string say_findings(const DriveFacts& drive);
// "STOP 12 – Ce disque est en cours d’utilisation."
std::string say_stop(Language language, Stop stop);
Sentence words_of(VerdictKind kind);
// What a drive that was only read holds: a line each for what is equal, differs, is unreadable.
std::vector<std::string> say_verification(Language language, const Verification& found);
// What a deployed system tried: a line each for what works, what does not, and what there is not.
std::vector<std::string> say_trial(Language language, const std::vector<TrialCheck>& checks);
// Seconds since 1970, already moved to the local zone → "11:52".
std::string say_time(std::int64_t local_s);
// "145 Mo/s"
std::string say_speed(Language language, std::uint64_t bytes_per_second);

}  // namespace relance
