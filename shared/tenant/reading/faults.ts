/** One thing that is wrong with an export. */
export interface ConfigFault {
  /** Without its folder. */
  file: string;
  /** Within the JSON of the file, such as `[12].Subnet`; empty for the whole file. */
  path: string;
  /** Goes on after file and path: "is missing". */
  problem: string;
}

/** Of one file; the others are counted. A file that is wrong throughout says nothing new with its hundredth line. */
const MOST_OF_A_FILE = 20;

/** What is wrong with an export, file by file. */
export interface FaultList {
  add(file: string, path: string, problem: string): void;
  /** In the order found, with a line for those of a file that were left out. */
  list(): ConfigFault[];
  /** How many there are, those that were left out among them. */
  count(): number;
}

export function createFaultList(): FaultList {
  const ofFile = new Map<string, { kept: ConfigFault[]; more: number }>();
  return {
    add(file, path, problem) {
      const faults = ofFile.get(file) ?? { kept: [], more: 0 };
      ofFile.set(file, faults);
      if (faults.kept.length < MOST_OF_A_FILE) faults.kept.push({ file, path, problem });
      else faults.more += 1;
    },
    list: () =>
      [...ofFile].flatMap(([file, { kept, more }]) =>
        more === 0 ? kept : [...kept, { file, path: '', problem: `has ${more} more faults` }],
      ),
    count: () => [...ofFile.values()].reduce((sum, { kept, more }) => sum + kept.length + more, 0),
  };
}

/** As a line: `Get-CsOnlineLisSubnet.json [12].Subnet is missing`. */
export function faultText({ file, path, problem }: ConfigFault): string {
  return [file, path, problem].filter((part) => part !== '').join(' ');
}
