import { describeSingleFailures } from '../harness/singleFailures.ts';

describeSingleFailures('event');
