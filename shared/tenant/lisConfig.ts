import type { WithOther } from './withOther.ts';

/** The street address that civic addresses and their locations share. */
export interface StreetAddress {
  companyName: string | null;
  companyTaxId: string | null;
  houseNumber: string | null;
  houseNumberSuffix: string | null;
  preDirectional: string | null;
  streetName: string | null;
  streetSuffix: string | null;
  postDirectional: string | null;
  city: string | null;
  cityAlias: string | null;
  stateOrProvince: string | null;
  countyOrDistrict: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2. */
  countryOrRegion: string | null;
  /** What the administrator calls the address. */
  description: string | null;
  /** Degrees; both or none, and none where the export says 0, 0. */
  latitude: number | null;
  longitude: number | null;
  elin: string | null;
  /** `Validated`, `NotValidated`, `Invalid`, …. */
  validationStatus: string | null;
  /** `null` where it was not counted: the export says -1. */
  numberOfVoiceUsers: number | null;
  numberOfTelephoneNumbers: number | null;
}

/** An emergency address of the tenant. */
export interface CivicAddress extends StreetAddress, WithOther {
  civicAddressId: string;
  /** The location that stands for the whole address. */
  defaultLocationId: string | null;
}

/** A place within an emergency address, with the street address repeated as the export repeats it. */
export interface LisLocation extends StreetAddress, WithOther {
  locationId: string;
  civicAddressId: string | null;
  /** "Floor 3, room 312"; `null` for the default location of its address. */
  location: string | null;
}

/** What the Location Information Service finds a location by. Ids are as they were written, trimmed. */
export interface LisNetworks {
  /** Get-CsOnlineLisWirelessAccessPoint. */
  wirelessAccessPoints: LisWirelessAccessPoint[];
  /** Get-CsOnlineLisSwitch. */
  switches: LisSwitch[];
  /** Get-CsOnlineLisPort. */
  ports: LisPort[];
  /** Get-CsOnlineLisSubnet. */
  subnets: LisSubnet[];
}

interface LisNetwork extends WithOther {
  description: string | null;
  /** Of a location that may no longer exist; `null` where none is assigned. */
  locationId: string | null;
}

export interface LisWirelessAccessPoint extends LisNetwork {
  /** `F0-6E-0B-C2-03-23`; `*` may stand for the last one or two characters. */
  bssid: string;
}

export interface LisSwitch extends LisNetwork {
  /** The MAC address of the switch. */
  chassisId: string;
}

export interface LisPort extends LisNetwork {
  chassisId: string;
  portId: string;
  /** `LocallyAssigned`, `InterfaceName`, …: what kind of id `portId` is (IEEE 802.1AB). */
  portIdSubType: string | null;
}

export interface LisSubnet extends LisNetwork {
  /** The network id, IPv4 or IPv6, without a mask. */
  subnet: string;
}
