import { Controller } from '@nestjs/common';
import { zoneOf, type CallContext, type InputOf } from '@mono/contract';
import { withInstants } from '@mono/contract/zones';
import { Operation } from '@mono/platform';
import { auditOperations, type AuditPage, type AuditVerdict } from '../../contract/index.js';
import { Audit } from './audit.js';

@Controller()
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Operation(auditOperations.findAudit)
  findAudit(query: InputOf<typeof auditOperations.findAudit>, { principal }: CallContext): Promise<AuditPage> {
    return this.audit.find(withInstants(query, ['from', 'to'], zoneOf(principal)));
  }

  @Operation(auditOperations.verifyAudit)
  verifyAudit(): Promise<AuditVerdict> {
    return this.audit.verify();
  }
}
