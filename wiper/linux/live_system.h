#pragma once
// What the live system (image-build/stick) and the program leave each other, in a folder that is there from the start.

#include <string>

namespace relance::live_system {

// The stick's data partition, mounted once it has been known by its identity. Empty: there is none, or another system runs.
std::string stick_folder();

// Drivers that the PC's buses asked for are still being loaded. On any other system nothing is awaited.
bool loads_drivers();

// The next start begins with the new system on the drive whose trial has this word. Nothing elsewhere: nobody would do it.
void ask_for_trial(const std::string& word);

}  // namespace relance::live_system
